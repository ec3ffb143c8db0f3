import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { Document } from "../../models/model.ts";
import type { ColumnWidths } from "../define-table.ts";
import type { Format, Rows } from "./format.ts";
import { compileColumns, type ParquetColumn } from "./parquet-columns.ts";

/**
 * A row group ends with whichever comes first. It is all that is in memory of a file, and is packed in one stretch, in which a
 * gateway answers nobody: one of 8 MiB took 294 ms of a busy machine.
 */
const GROUP_ROWS = 10_000;
const GROUP_BYTES = 3 * 1024 * 1024;

/**
 * Apache Parquet, a column per field, in row groups that are written as they come. Decimals are DECIMAL, days DATE, moments
 * TIMESTAMP (UTC, milliseconds). Lists and objects are JSON text, as in `csv`: files from before and after a
 * change of what is nested have one schema, and decimals in it are texts, of which no reader makes floats.
 */
export const parquet: Format = {
  extension: "parquet",
  encode: (model, documents, { widths = new Map() }) => encodeParquet(model, documents, widths),
};

async function* encodeParquet(
  model: Rows,
  documents: AsyncIterable<Document>,
  widths: ColumnWidths,
): AsyncIterable<Uint8Array> {
  const columns = compileColumns(model, widths);
  const writer = new ByteWriter();
  const schema = [{ name: "root", num_children: columns.length }, ...columns.map(({ element }) => element)];
  const file = new ParquetWriter({ writer, schema, createdBy: "vitrine" });
  let group = createGroup(columns);
  const writeGroup = async () => {
    const rowGroupSize = Math.max(group.rows, 1);
    await file.write({ columnData: group.toColumnData(), rowGroupSize });
    group = createGroup(columns);
    return takeBytes(writer);
  };
  for await (const document of documents) {
    group.add(document);
    if (group.rows >= GROUP_ROWS || group.bytes >= GROUP_BYTES) yield await writeGroup();
  }
  if (group.rows > 0) yield await writeGroup();
  await file.finish();
  yield takeBytes(writer);
}

/** The rows of one row group, column by column. */
function createGroup(columns: readonly ParquetColumn[]) {
  const data = columns.map((): unknown[] => []);
  return {
    rows: 0,
    /** About as many as the values take, not packed. */
    bytes: 0,
    add(document: Document) {
      for (const [index, { name, toValue }] of columns.entries()) {
        const given = document[name];
        const value = given === null || given === undefined ? null : toValue(given, document);
        data[index]?.push(value);
        this.bytes += typeof value === "string" ? value.length : 8;
      }
      this.rows += 1;
    },
    toColumnData: () =>
      columns.map(({ name, isJson, isText }, index) => ({
        name,
        data: data[index] ?? [],
        // Comparing texts took a tenth of the time (measured), and who looks for one knows its key.
        statistics: !isText,
        // Whole documents are rarely alike.
        ...(isJson ? { encoding: "PLAIN" as const } : {}),
      })),
  };
}

/** What was written since the last time. */
function takeBytes(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}
