import { DuckDBInstance } from "@duckdb/node-api";
import type { DocumentModel } from "../../src/models/model.ts";
import { type StoredField, storedFields } from "../../src/stores/conversion/stored-fields.ts";

/** A row of a file: every value as the text that DuckDB has for it, null where there is none. */
export type ParquetRow = Readonly<Record<string, string | null>>;

/** Asks DuckDB, which shares no code with what wrote the files. All answers are texts. */
export async function askDuckDb(sql: string): Promise<readonly ParquetRow[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const result = await connection.runAndReadAll(sql);
    return result.getRowObjectsJson() as readonly ParquetRow[]; // every column is cast to a text below and in tests
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The rows of Parquet files (a path, with `*` many) of a model, in the order of the files, in canonical form as text. */
export const readParquet = (path: string, model: DocumentModel): Promise<readonly ParquetRow[]> =>
  askDuckDb(`select ${toTextColumns(model)} from read_parquet('${path}')`);

/** The columns of a model as a select of DuckDB's has them, all as text. */
export const toTextColumns = (model: DocumentModel): string =>
  storedFields(model.fields)
    .map(([name, field]) => `${toText(`"${name}"`, field)} as "${name}"`)
    .join(", ");

/** What DuckDB takes each column for. */
export async function readParquetTypes(path: string): Promise<Readonly<Record<string, string | null>>> {
  const columns = await askDuckDb(`describe select * from read_parquet('${path}')`);
  return Object.fromEntries(columns.map(({ column_name, column_type }) => [column_name, column_type]));
}

const toText = (column: string, { kind }: StoredField): string =>
  kind === "dateTime"
    ? `strftime(${column} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')`
    : `${column}::varchar`;
