import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { readCatalogue } from "./catalogue.ts";
import type { Known, Nulls } from "./column-scope.ts";
import { type Leaf, type Shape, shapeOf } from "./json-shape.ts";
import { openScope } from "./open-scope.ts";
import { prepareParser } from "./read-view-text.ts";
import { readViews } from "./read-views.ts";
import { Refusal } from "./refusal.ts";
import { withScratchView } from "./scratch-view.ts";
import type { Expr, Select } from "./sql-tree.ts";
import { readTableFacts } from "./table-facts.ts";
import { uniqueKeysOf } from "./unique-keys.ts";

/** A type as information_schema tells it. */
export interface ServerType {
  /** `decimal` */
  readonly dataType: string;
  /** `int(5) unsigned zerofill` */
  readonly columnType: string;
  readonly precision: number;
  readonly scale: number;
  /** Digits of a second. */
  readonly timeDigits: number;
}

/** A column of a table or a view: what its text tells, and what the server. */
export interface ShapedColumn {
  readonly name: string;
  readonly shape: Shape;
  readonly type: ServerType;
  readonly nulls: Nulls;
}

export interface ShapedRelation {
  readonly name: string;
  readonly isView: boolean;
  readonly columns: readonly ShapedColumn[];
  /** Columns of which no two rows have the same value, as far as text and tables prove it. */
  readonly keys: readonly string[];
  /** The type of a leaf. */
  readonly typeOf: (leaf: Leaf) => ServerType | null;
  readonly known: Known;
  /** Why the text of the view tells nothing; null when it was understood. */
  readonly refusal: string | null;
}

/** What there is beside views. */
export type KnownTables = Omit<Known, "views">;

/** Reads the tables of the current database, for several calls of `readShapes`. */
export async function readKnownTables(db: Queryable): Promise<KnownTables> {
  await prepareParser();
  return { catalogue: await readCatalogue(db), facts: await readTableFacts(db) };
}

/**
 * Reads what a table or a view of the current database shows: its columns, what JSON among them is made of, and
 * whether any of it may be null. Makes and drops views of its own, so it needs the right to create views.
 * @param tables those of the database, when they are read already
 * @returns undefined when there is no such table or view
 */
export async function readShapes(
  db: Queryable,
  relation: string,
  tables?: KnownTables,
): Promise<ShapedRelation | undefined> {
  await prepareParser();
  const columns = await readTypes(db, relation);
  if (columns.length === 0) return undefined;
  const views = await readViews(db, relation);
  const known = { ...(tables ?? (await readKnownTables(db))), views };
  const view = views.get(relation);
  const scope = openScope(toSelect(relation), { known, tables: [], outer: null });
  const shaped = columns.map(({ name, isNullable, ...type }): ShapedColumn => {
    const shape = shapeOf(toColumn(relation, name), scope);
    const byServer = isNullable === "YES" ? "maybe" : "never";
    return { name, shape, type, nulls: shape.nulls === "unsure" ? byServer : shape.nulls };
  });
  const types = await readLeafTypes(
    db,
    shaped.flatMap(({ shape }) => leavesOf(shape)),
  );
  return {
    name: relation,
    isView: view !== undefined,
    columns: shaped,
    keys: uniqueKeysOf(relation, known).flatMap((key) => (key.length === 1 ? key : [])),
    typeOf: (leaf) => types.get(leaf.sql) ?? null,
    known,
    refusal: view instanceof Refusal ? view.message : null,
  };
}

interface ColumnRow {
  readonly name: string;
  readonly isNullable: string;
  readonly dataType: string;
  readonly columnType: string;
  readonly digits: string | number | null;
  readonly scale: string | number | null;
  readonly fraction: string | number | null;
}

async function readTypes(
  db: Queryable,
  relation: string,
): Promise<readonly (ServerType & Pick<ColumnRow, "name" | "isNullable">)[]> {
  const rows = await db.query<ColumnRow>(
    `select column_name as name, is_nullable as isNullable, data_type as dataType, column_type as columnType,
      numeric_precision as digits, numeric_scale as scale, datetime_precision as fraction
    from information_schema.columns
    where table_schema = database() and table_name = ?
      and coalesce(generation_expression, '') not in ('ROW START', 'ROW END')
    order by ordinal_position`,
    [relation],
  );
  return rows.map(({ digits, scale, fraction, ...row }) => ({
    ...row,
    precision: Number(digits ?? 0),
    scale: Number(scale ?? 0),
    timeDigits: Number(fraction ?? 0),
  }));
}

const toColumn = (table: string, name: string): Expr => ({
  ...{ kind: "column", table, name },
  parts: [`${quoteName(table)}.`, quoteName(name)],
});

const toSelect = (relation: string): Select => ({
  ...{ kind: "select", distinct: false, where: null, groupBy: [], having: null, items: [] },
  from: { kind: "table", table: relation, alias: relation },
});

function leavesOf(shape: Shape): readonly Leaf[] {
  if (shape.kind === "leaf") return [shape];
  if (shape.kind === "object") return shape.members.flatMap((member) => leavesOf(member.shape));
  return shape.kind === "list" && shape.item ? leavesOf(shape.item) : [];
}

/** The types of leaves by their SQL, all by one view of which they are the columns. */
async function readLeafTypes(
  db: Queryable,
  leaves: readonly Leaf[],
): Promise<ReadonlyMap<string, ServerType>> {
  const computed = [...new Set(leaves.filter(({ base }) => base === null).map(({ sql }) => sql))];
  const types = new Map<string, ServerType>();
  for (const { sql, base } of leaves)
    if (base !== null) {
      const { dataType, columnType, precision, scale } = base.column;
      const isTime = /^(?:datetime|timestamp|time)$/.test(dataType);
      const digits = { scale: isTime ? 0 : scale, timeDigits: isTime ? scale : 0 };
      types.set(sql, { dataType, columnType, precision, ...digits });
    }
  if (computed.length === 0) return types;
  const rows = await withScratchView(db, async (scratch) => {
    await scratch.define(`select ${computed.map((sql, index) => `${sql} as f${index}`).join(", ")}`);
    return readTypes(db, scratch.name);
  });
  for (const [index, { name: _, isNullable: __, ...type }] of rows.entries())
    types.set(computed[index] ?? "", type);
  return types;
}
