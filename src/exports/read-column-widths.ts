import type { DocumentModel } from "../models/model.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { ColumnWidths } from "./define-table.ts";

/** How many digits and letters the columns of a model's view have. */
export async function readColumnWidths(db: Queryable, model: DocumentModel): Promise<ColumnWidths> {
  const rows = await db.query<{
    name: string;
    digits: string | null;
    scale: string | null;
    letters: string | null;
  }>(
    `select column_name as name, numeric_precision as digits, numeric_scale as scale,
      character_maximum_length as letters
    from information_schema.columns where table_schema = database() and table_name = ?`,
    [model.name],
  );
  return new Map(
    rows.map(({ name, digits, scale, letters }) => [
      name,
      {
        ...(digits === null ? {} : { digits: Number(digits) }),
        ...(scale === null ? {} : { scale: Number(scale) }),
        ...(letters === null ? {} : { letters: Number(letters) }),
      },
    ]),
  );
}
