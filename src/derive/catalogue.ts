import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { readExpressionText } from "./read-view-text.ts";
import { Refusal } from "./refusal.ts";
import type { Expr } from "./sql-tree.ts";

/** A column of a base table, as far as it matters what depends on it. */
export interface CatalogueColumn {
  readonly name: string;
  readonly dataType: string;
  /** `int(5) unsigned zerofill` */
  readonly columnType: string;
  readonly charset: string | null;
  /** Null unless it holds text. */
  readonly collation: string | null;
  readonly nullable: boolean;
  /** Decimals of a number, digits of a second. */
  readonly scale: number;
  readonly precision: number;
  /** The columns that a generated one is computed from, in back quotes in its expression. */
  readonly sources: readonly string[];
  /** Of a generated column, when it is understood. */
  readonly generation: Expr | null;
  /** It begins or ends a row's version. */
  readonly isPeriod: boolean;
}

export interface CatalogueTable {
  readonly name: string;
  readonly columns: ReadonlyMap<string, CatalogueColumn>;
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly (readonly string[])[];
  /** The primary key among them. */
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly indexes: readonly (readonly string[])[];
}

/** The base tables of a database by name. */
export type Catalogue = ReadonlyMap<string, CatalogueTable>;

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly dataType: string;
  readonly columnType: string;
  readonly charset: string | null;
  readonly collation: string | null;
  readonly nullable: string;
  readonly scale: string | number | null;
  readonly fraction: string | number | null;
  readonly digits: string | number | null;
  readonly generation: string | null;
}

/** Reads the base tables of the current database: columns, keys and indexes. The parser must be prepared. */
export async function readCatalogue(db: Queryable): Promise<Catalogue> {
  const columns = await db.query<ColumnRow>(
    `select c.table_name as \`table\`, c.column_name as name, data_type as dataType, column_type as columnType,
      character_set_name as charset, collation_name as collation, is_nullable as nullable, numeric_scale as scale,
      datetime_precision as fraction, numeric_precision as digits, generation_expression as generation
    from information_schema.columns as c
    join information_schema.tables as t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
    order by c.table_name, ordinal_position`,
  );
  const keys = await readKeys(db);
  const tables = new Map<string, Map<string, CatalogueColumn>>();
  for (const row of columns) {
    const table = tables.get(row.table) ?? new Map<string, CatalogueColumn>();
    tables.set(row.table, table.set(row.name, toColumn(row)));
  }
  return new Map([...tables].map(([name, all]) => [name, toTable(name, all, keys(name))]));
}

function toColumn(row: ColumnRow): CatalogueColumn {
  const isPeriod = row.generation === "ROW START" || row.generation === "ROW END";
  const generation = isPeriod ? null : row.generation;
  return {
    ...{ name: row.name, dataType: row.dataType, columnType: row.columnType },
    ...{ charset: row.charset, collation: row.collation, nullable: row.nullable === "YES", isPeriod },
    scale: Number(row.scale ?? row.fraction ?? 0),
    precision: Number(row.digits ?? 0),
    sources: [...(generation ?? "").matchAll(/`((?:[^`]|``)+)`/g)].map((match) => match[1] ?? ""),
    generation: generation === null ? null : readGeneration(generation),
  };
}

/** What is not understood is logged as it is, so nothing depends on it. */
function readGeneration(text: string): Expr | null {
  try {
    return readExpressionText(text);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

interface Keys {
  readonly indexes: readonly {
    readonly name: string;
    readonly unique: boolean;
    readonly columns: readonly string[];
  }[];
  readonly foreignKeys: readonly (readonly string[])[];
}

async function readKeys(db: Queryable): Promise<(table: string) => Keys> {
  const indexes = await db.query<{ table: string; name: string; other: number; columns: string }>(
    `select table_name as \`table\`, index_name as name, max(non_unique) as other,
      json_arrayagg(column_name order by seq_in_index) as columns
    from information_schema.statistics
    where table_schema = database() and index_type = 'BTREE' and sub_part is null
    group by table_name, index_name order by table_name, index_name`,
  );
  const foreign = await db.query<{ table: string; columns: string }>(
    `select table_name as \`table\`, json_arrayagg(column_name order by ordinal_position) as columns
    from information_schema.key_column_usage
    where table_schema = database() and referenced_table_name is not null
    group by table_name, constraint_name order by table_name, constraint_name`,
  );
  // Written by the server as lists of names.
  const names = (json: string) => JSON.parse(json) as string[];
  return (table) => ({
    indexes: indexes
      .filter((row) => row.table === table)
      .map((row) => ({ name: row.name, unique: Number(row.other) === 0, columns: names(row.columns) })),
    foreignKeys: foreign.filter((row) => row.table === table).map((row) => names(row.columns)),
  });
}

function toTable(name: string, columns: ReadonlyMap<string, CatalogueColumn>, keys: Keys): CatalogueTable {
  // The end of a row's version is part of the keys that the server shows.
  const indexes = keys.indexes.map((index) => ({
    ...index,
    columns: index.columns.filter((column) => columns.get(column)?.isPeriod === false),
  }));
  return {
    ...{ name, columns, foreignKeys: keys.foreignKeys },
    primaryKey: indexes.find((index) => index.name === "PRIMARY")?.columns ?? [],
    uniqueKeys: indexes.filter((one) => one.unique).map((one) => one.columns),
    indexes: indexes.map((index) => index.columns),
  };
}
