import { pathToFileURL } from "node:url";
import { messageOf, VitrineError } from "../errors.ts";
import { findFrontDoor, packageName } from "../front-door.ts";
import { pluralOf } from "../models/derived-names.ts";
import type { DocumentModel } from "../models/model.ts";
import { readTypeScript } from "../read-typescript.ts";
import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { checkModels } from "./check-models.ts";
import { checkRepeatable } from "./sql-files.ts";

/**
 * The model that the text of a definition gives, loaded as if it lay at `path`, where nothing is written.
 * @throws VitrineError USAGE when it does not load
 */
export async function loadDefinition(path: string, text: string): Promise<DocumentModel> {
  const absolute = text.replaceAll(
    /from "(\.[^"]+|vitrine)"/g,
    (_import, target: string) =>
      `from ${JSON.stringify(target === packageName ? findFrontDoor() : new URL(target, pathToFileURL(path)).href)}`,
  );
  await readTypeScript();
  const module: unknown = await import(`data:text/javascript,${encodeURIComponent(absolute)}`).catch(
    (error) => {
      throw refuse(`The definition would not load: ${messageOf(error)}`, error);
    },
  );
  // Generated a moment ago, with one export: what `defineModel` returns.
  const [model] = Object.values(module as Record<string, DocumentModel>);
  if (!model) throw new TypeError(`The definition of ${path} exports nothing.`);
  return model;
}

/** @throws VitrineError USAGE when the current database has a table or view of the name */
export async function refuseTakenName(db: Queryable, name: string): Promise<void> {
  const taken = await db.query<{ name: string; type: string }>(
    `select table_name as name, if(table_type = 'VIEW', 'view', 'table') as type from information_schema.tables
    where table_schema = database() and table_name = ?`,
    [name],
  );
  if (taken[0]) {
    const { type, name: other } = taken[0];
    const remedy = type === "table" ? `, such as ${pluralOf(other)}` : "";
    throw refuse(`The database has a ${type} ${other} already. Choose another name${remedy}.`);
  }
}

/**
 * Makes the view as the next migration would.
 * @throws VitrineError USAGE when it would be refused
 */
export async function tryView(scratch: Queryable, domain: string, name: string, view: string): Promise<void> {
  try {
    checkRepeatable(`views/${domain}/${name}.sql`, domain, view);
    await scratch.run(view);
  } catch (error) {
    throw refuse(`The view ${name} would be refused: ${messageOf(error)}`, error);
  }
}

/** @throws VitrineError USAGE when the view of a model is not as it is defined, or cannot be asked */
export async function tryModel(scratch: Queryable, model: DocumentModel): Promise<void> {
  const problems = await checkModels(scratch, [model]);
  if (problems.length > 0) throw refuse(problems.map(({ message }) => message).join("\n"));
  const columns = Object.values(model.columns).map(quoteName).join(", ");
  try {
    await scratch.query(`select ${columns} from ${quoteName(model.name)} limit 0`);
  } catch (error) {
    throw refuse(`The view ${model.name} cannot be asked: ${messageOf(error)}`, error);
  }
}

/** That a model is not made, and why. */
export const refuse = (problem: string, cause?: unknown): VitrineError =>
  new VitrineError("USAGE", problem, { cause });
