import type { DocumentModel } from "../../src/models/model.ts";
import { storedFields } from "../../src/stores/conversion/stored-fields.ts";
import { createLiveStore } from "../../src/stores/mariadb/live-store.ts";
import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { askDuckDb, type ParquetRow, toTextColumns } from "./read-parquet.ts";

/** What DuckDB makes of all files of changes of a model: the newest row of each document, unless it is a deletion. */
export const readFinalState = (folder: string, model: DocumentModel): Promise<readonly ParquetRow[]> =>
  askDuckDb(
    `select ${toTextColumns(model)} from (
      select *, row_number() over (partition by "${model.key}" order by _position desc) as place
      from read_parquet('${folder}/${model.name}/date=*/*.parquet', union_by_name = true, hive_partitioning = false)
    ) as newest where place = 1 and not _deleted order by newest."${model.key}"`,
  );

/** The documents of a model as MariaDB has them now: all values as text, nested ones as Parquet files have them. */
export async function readLiveState(db: MariaDb, model: DocumentModel): Promise<readonly ParquetRow[]> {
  const rows: ParquetRow[] = [];
  for await (const document of createLiveStore(db).stream(model, null))
    rows.push(
      Object.fromEntries(
        storedFields(model.fields).map(([name, field]) => {
          const value = document[name];
          const isNested = field.kind === "list" || field.kind === "object";
          return [name, value === null ? null : isNested ? JSON.stringify(value) : String(value)];
        }),
      ),
    );
  return rows;
}
