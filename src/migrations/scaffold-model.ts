import { type KnownTables, readShapes, type ShapedRelation } from "../derive/read-shapes.ts";
import { VitrineError } from "../errors.ts";
import { pluralOf } from "../models/derived-names.ts";
import { type DocumentModel, toColumnName, toFieldName } from "../models/model.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { chooseKey } from "./choose-key.ts";
import { withByHand } from "./generate-touched.ts";
import { type ColumnField, type FoundField, nullList, type Open, toColumnFields } from "./model-fields.ts";
import { type ChildList, printModelView } from "./model-texts.ts";
import { type Decision, printDefinition, toCamel, toTypeName } from "./print-definition.ts";
import { reasonOf } from "./shown-columns.ts";

export interface ScaffoldOptions {
  /** Of the model; snake_case. */
  readonly name: string;
  /** The table or the view whose rows it shows. */
  readonly source: string;
  readonly isView: boolean;
  /** The column that is the document's id, when its author knows better. */
  readonly key?: string | undefined;
  /** Those that there are: the fields may lead to them. */
  readonly models: readonly DocumentModel[];
  /** The domain in which touched views would be written by hand; null: they are. */
  readonly domain: string | null;
  /** Where the words of definitions are imported from; default: the folder beside the domains. */
  readonly language?: string | undefined;
  /** The tables of the database, when they are read already. */
  readonly tables?: KnownTables;
  /** What is decided for all tables of a database at once. */
  readonly among?: AmongModels;
}

/** A model among others that are made with it. */
export interface AmongModels {
  readonly typeName: string;
  /** Names of types that others have. */
  readonly taken: Iterable<string>;
  readonly lists: readonly ChildList[];
  /** Ids of other documents, made of its columns. */
  readonly keys: readonly ColumnField[];
  /** Gives fields that name a row of another table a way to its document. */
  readonly addLinks: (fields: readonly FoundField[]) => readonly FoundField[];
}

export interface Scaffold {
  /** The text of the model's view; null: the source is it already. */
  readonly view: string | null;
  readonly definition: string;
  /** What the definition leaves to its author. */
  readonly decisions: readonly Decision[];
  /** Names of types that are taken with it. */
  readonly taken: ReadonlySet<string>;
}

/**
 * The texts of a model of the rows of a table or a view: all that its text, its tables and the server tell. A view of the
 * model's name is its view as it is; of any other, and of a table, a view is written that names and converts.
 * @throws VitrineError USAGE when there is no such source, when none of its columns can be a document's id, or when a
 *   view that is to be used as it is has a column that no document can show
 */
export async function scaffoldModel(db: Queryable, options: ScaffoldOptions): Promise<Scaffold> {
  const { name, source, models, domain, language, among } = options;
  const relation = await readSource(db, options);
  if (relation.refusal !== null && domain !== null)
    throw new VitrineError(
      "MIGRATION_FAILED",
      withByHand(`View ${source} cannot be derived. ${relation.refusal}`, name, domain),
      { details: { model: name } },
    );
  const isAsItIs = relation.isView && source === name;
  const { fields: found, open } = toColumnFields(relation, isAsItIs || !relation.isView);
  if (isAsItIs) refuseOthers(name, found, open);
  const noun = among ? toFieldName(among.typeName) : toCamel(name);
  const fields = isAsItIs ? found : found.map((one) => renameId(one, noun, found));
  const typeName = among?.typeName ?? toTypeName(toCamel(nounOf(name, source)));
  const { key, parts, decideKey } = chooseKey(relation, { fields, open, typeName, wanted: options.key });
  if (parts && isAsItIs)
    throw refuse(
      `The view ${name} has no column for the id that ${parts.map(({ column }) => column).join(", ")} make. Give the model another name: a view of that name is then written over it, which has one.`,
    );
  const sorted = isAsItIs ? fields : [key, ...fields.filter((one) => one !== key), ...(among?.keys ?? [])];
  const isPart = (one: ColumnField) => parts?.includes(one) ?? false;
  const finals = sorted
    // A made id is no field of the definition: it names what it is made of.
    .filter((one) => !parts || one !== key)
    .map((one) => (isPart(one) ? toPart(one.field) : toFinal(one.field, one === key, isAsItIs)));
  const lists = among?.lists ?? [];
  const { text, decisions, taken } = printDefinition(
    {
      ...{ name, key: parts?.map(({ field }) => field.name) ?? key.field.name, decideKey },
      ...{ source: `The rows of ${source}`, noun: nounOf(name, source) },
      description: describe(relation),
      fields: [...(among?.addLinks(finals) ?? finals), ...lists.map(({ field }) => field)],
      ...{ open, language, typeName, taken: among?.taken },
    },
    models,
  );
  const view = isAsItIs ? null : printModelView({ name, source, lists }, sorted, open);
  return { view, definition: text, decisions, taken };
}

const refuse = (problem: string): VitrineError => new VitrineError("USAGE", problem);

async function readSource(
  db: Queryable,
  { source, isView, tables }: ScaffoldOptions,
): Promise<ShapedRelation> {
  const kind = isView ? "view" : "table";
  const relation = await readShapes(db, source, tables);
  if (relation === undefined)
    throw refuse(
      `There is no ${kind} ${source}, neither in the database nor among the project's SQL files. Make it first.`,
    );
  if (relation.isView !== isView)
    throw refuse(`${source} is no ${kind}. Write --${isView ? "table" : "view"} ${source}.`);
  return relation;
}

function describe({ name, known }: ShapedRelation): string {
  const comment = known.facts(name).comment.trim();
  return comment === "" ? `The rows of ${name}.` : comment.replace(/(?<![.!?])$/, ".");
}

/** @throws VitrineError USAGE when a column of a view is not a field of its own name */
function refuseOthers(name: string, fields: readonly ColumnField[], open: readonly Open[]): void {
  const wrong = fields.flatMap(({ column, field }) => {
    if (field.name === "id")
      return [`id: every document has a field of this name in GraphQL, which is made for it`];
    if (toColumnName(field.name) !== column)
      return [`${column}: the column of a field ${field.name} is called ${toColumnName(field.name)}`];
    return "shown" in field && field.shown !== "asIs" ? [`${column}: ${reasonOf[field.shown]}`] : [];
  });
  const problems = [...open.map((one) => `${one.name}: ${one.reason}`), ...wrong];
  if (problems.length === 0) return;
  throw refuse(
    `The view ${name} cannot be a model as it is.\n${problems.map((one) => `  ${one}`).join("\n")}\nChange it, or give the model another name: a view of that name is then written over it, which names, converts and leaves out.`,
  );
}

/** Every document has a field `id` in GraphQL, unique in the whole schema: a column of that name is called otherwise. */
function renameId(one: ColumnField, noun: string, all: readonly ColumnField[]): ColumnField {
  if (one.field.name !== "id") return one;
  const names = [`${noun}Id`, `${noun}Key`, "ownId"];
  const name = names.find((free) => !all.some(({ field }) => field.name === free)) ?? "ownKey";
  return { ...one, field: { ...one.field, name } };
}

/** What one document is called, in snake_case. */
const nounOf = (name: string, source: string): string => (name === pluralOf(source) ? source : name);

/** A field that an id is made of. */
const toPart = (field: FoundField): FoundField => ({ ...field, nullable: false });

/** A field as the definition has it. */
function toFinal(field: FoundField, isKey: boolean, isAsItIs: boolean): FoundField {
  if (isKey && field.kind !== "object" && field.kind !== "list") {
    const kind = field.kind === "enumeration" ? "string" : field.kind;
    return { ...field, kind, nullable: false, filter: false, decide: [], refersTo: null };
  }
  // Elsewhere the view that is written over it makes an empty list of it.
  return field.kind === "list" && field.mayBeNull && isAsItIs
    ? { ...field, decide: [...field.decide, nullList] }
    : field;
}
