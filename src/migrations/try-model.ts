import { pathToFileURL } from "node:url";
import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { ModelTexts } from "./model-texts.ts";
import { checkRepeatable } from "./sql-files.ts";

/**
 * The model that the text of a definition gives, loaded as if it lay at `path`, where nothing is written.
 * @throws VitrineError USAGE when it does not load
 */
export async function loadDefinition(path: string, text: string): Promise<DocumentModel> {
  const absolute = text.replaceAll(
    /from "(\.[^"]+)"/g,
    (_import, target: string) => `from ${JSON.stringify(new URL(target, pathToFileURL(path)).href)}`,
  );
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

/**
 * Has the server read the view as it would read it at the next migration; creates nothing.
 * @throws VitrineError USAGE when a name is taken or the view would be refused
 */
export async function tryView(
  db: Queryable,
  domain: string,
  name: string,
  { view }: ModelTexts,
): Promise<void> {
  const taken = await db.query<{ name: string; type: string }>(
    `select table_name as name, if(table_type = 'VIEW', 'view', 'table') as type from information_schema.tables
    where table_schema = database() and table_name in (?)`,
    [[name]],
  );
  if (taken[0])
    throw refuse(`The database has a ${taken[0].type} ${taken[0].name} already. Choose another name.`);
  try {
    checkRepeatable(`views/${domain}/${name}.sql`, domain, view);
    const select = view.slice(view.indexOf("\nselect\n")).trimEnd().replace(/;$/, "");
    // As a derived table, whose columns need names of their own as those of a view.
    await db.query(`select * from (${select}) as ${name} limit 0`);
  } catch (error) {
    throw refuse(`The view ${name} would be refused: ${messageOf(error)}`, error);
  }
}

const refuse = (problem: string, cause?: unknown): VitrineError =>
  new VitrineError("USAGE", problem, { cause });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
