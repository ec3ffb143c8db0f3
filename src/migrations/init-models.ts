import { type KnownTables, readKnownTables, readShapes, type ShapedRelation } from "../derive/read-shapes.ts";
import { VitrineError } from "../errors.ts";
import { packageName } from "../front-door.ts";
import { compositeKeyOf } from "../models/composite-key.ts";
import { enginePrefix } from "../models/engine-names.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { chooseKey } from "./choose-key.ts";
import { isLinkable, linkFields, makeLinkKeys } from "./init-links.ts";
import { countChildren, makeChildList, refuseList } from "./init-lists.ts";
import { chooseModelName, type ModelName, startNames } from "./init-names.ts";
import type { SourceDatabase, SourceTable } from "./init-tables.ts";
import { type FoundField, toColumnFields } from "./model-fields.ts";
import type { ChildList } from "./model-texts.ts";
import { scaffoldModel } from "./scaffold-model.ts";

/** Something about a table that its people have to decide. */
export interface TableDecision {
  readonly table: string;
  /** A sentence: what it is, and what can be done. */
  readonly reason: string;
}

/** The files of a model. */
export interface MadeModel extends ModelName {
  readonly table: string;
  readonly view: string;
  readonly definition: string;
  /** Places that are marked `decide:` in the definition. */
  readonly open: number;
}

export interface MadeModels {
  readonly models: readonly MadeModel[];
  readonly decisions: readonly TableDecision[];
  /** The tables whose rows can be followed, in documents of their own or in others. */
  readonly followed: readonly string[];
}

/**
 * Makes a model of each table that can be one, with the rows of other tables that belong to its rows as lists, and with
 * links to the documents that its rows name. Reads only; what cannot be made is a decision.
 */
export async function makeModels(db: Queryable, source: SourceDatabase): Promise<MadeModels> {
  const decisions: TableDecision[] = [];
  const decide = (table: string, reason: string) => decisions.push({ table, reason });
  const known = await readKnownTables(db);
  const shapes = new Map<string, ShapedRelation>();
  for (const table of source.tables.filter((one) => isMirrored(one, known, decide))) {
    const shape = await readShapes(db, table.name, known);
    if (shape) shapes.set(table.name, shape);
  }
  const taken = startNames(source.names);
  const names = new Map<string, ModelName>();
  for (const [table, shape] of shapes) {
    if (refuseKey(shape, decide)) continue;
    const name = chooseModelName(table, taken);
    if (name) names.set(table, name);
    else decide(table, `no name can be made of it. Choose one: vitrine model new NAME --table '${table}'.`);
  }
  for (const { name, localTimes } of source.tables)
    if (shapes.has(name) && localTimes.length > 0)
      decide(
        name,
        `${localTimes.join(", ")}: a datetime has no zone, and documents say that it is UTC. If it is local, write convert_tz(${localTimes[0]}, 'Europe/Berlin', 'UTC') in the views.`,
      );
  const models: MadeModel[] = [];
  for (const [table, name] of names) {
    const addLinks = (own: ReadonlySet<string>) => (fields: readonly FoundField[]) =>
      linkFields(fields, own, (to) => (isLinkable(shapes, to) ? names.get(to.table)?.name : undefined));
    const own = new Set([...fieldNames(shapes.get(table)), compositeKeyOf(name.typeName)]);
    const keys = makeLinkKeys(table, { shapes, names, taken: own });
    const lists = await makeLists(db, table, { shapes, own, addLinks, decide });
    try {
      const made = await scaffoldModel(db, {
        ...{ name: name.name, source: table, isView: false, models: [], domain: null, tables: known },
        language: packageName,
        among: { typeName: name.typeName, taken: taken.graphql, lists, keys, addLinks: addLinks(own) },
      });
      for (const type of made.taken) taken.graphql.add(type);
      const { view, definition, decisions: open } = made;
      models.push({ ...name, table, view: view ?? "", definition, open: open.length });
    } catch (error) {
      if (!(error instanceof VitrineError)) throw error;
      decide(table, error.message);
    }
  }
  return { models, decisions, followed: [...shapes.keys()] };
}

type Decide = (table: string, reason: string) => void;

/** Whether the rows of a table can be followed. */
function isMirrored({ name, engine }: SourceTable, { catalogue }: KnownTables, decide: Decide): boolean {
  if (name.toLowerCase().startsWith(enginePrefix)) {
    // Where these are, all of that name are ours.
    if (!catalogue.has("vitrine_migration"))
      decide(name, `names that begin with ${enginePrefix} are Vitrine's: it is left out. Rename it.`);
    return false;
  }
  if (engine !== "InnoDB") {
    decide(
      name,
      `it is kept by ${engine}, which has no transactions, so no snapshot of it is whole: it is left out. Convert it: alter table ${name} engine = InnoDB.`,
    );
    return false;
  }
  if ((catalogue.get(name)?.primaryKey ?? []).length > 0) return true;
  decide(
    name,
    "it has no primary key, so nobody can be told which of its rows changed: it is left out. Give it one.",
  );
  return false;
}

/** Whether a table's key cannot be a document's id. */
function refuseKey(shape: ShapedRelation, decide: Decide): boolean {
  const { fields, open } = toColumnFields(shape, true);
  try {
    chooseKey(shape, { fields, open, typeName: "", wanted: undefined });
    return false;
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    decide(
      shape.name,
      `${error.message} It has no documents of its own, and is shown in the lists of what it belongs to. Show the key as a text in a view, and: vitrine model new NAME --view VIEW --key COLUMN.`,
    );
    return true;
  }
}

interface ListContext {
  readonly shapes: ReadonlyMap<string, ShapedRelation>;
  /** Names of the parent's fields; those of the lists are added. */
  readonly own: Set<string>;
  readonly addLinks: (own: ReadonlySet<string>) => (fields: readonly FoundField[]) => readonly FoundField[];
  readonly decide: Decide;
}

async function makeLists(
  db: Queryable,
  parent: string,
  { shapes, own, addLinks, decide }: ListContext,
): Promise<readonly ChildList[]> {
  const lists: ChildList[] = [];
  for (const child of shapes.values())
    for (const reference of child.known.facts(child.name).references) {
      if (reference.table !== parent) continue;
      const key = { child, reference };
      const counts = await countChildren(db, key);
      const refusal = refuseList(child, counts);
      const made =
        counts && refusal === null
          ? makeChildList(key, { parent, counts, taken: own, addLinks: addLinks(new Set(fieldNames(child))) })
          : null;
      if (made) {
        lists.push(made);
        own.add(made.field.name);
      } else
        decide(
          parent,
          `the rows of ${child.name} (${reference.columns.join(", ")}) are no list of it: ${refusal ?? "no field can be called after it"}.`,
        );
    }
  return lists;
}

const fieldNames = (relation: ShapedRelation | undefined): readonly string[] =>
  relation ? toColumnFields(relation, true).fields.map(({ field }) => field.name) : [];
