import { type FileMetaData, parquetMetadataAsync, parquetRead, type SchemaElement } from "hyparquet";
import type { Document, DocumentModel } from "../../models/model.ts";
import { type StoredField, storedFields } from "../../stores/conversion/stored-fields.ts";
import type { OpenedFile } from "../destinations/destination.ts";

/**
 * The rows of a file that `parquet` has written for this model, in canonical form, a row group at a time. A column that the file does
 * not have is undefined. `columns`: no others are read.
 * @throws Error for a file that is none, or is cut
 */
export async function* readParquetRows(
  file: OpenedFile,
  model: DocumentModel,
  columns?: readonly string[],
): AsyncGenerator<Document> {
  const metadata = toPhysical(await parquetMetadataAsync(file));
  const inFile = new Set(metadata.schema.map(({ name }) => name));
  const fields = storedFields(model.fields).filter(
    ([name]) => inFile.has(name) && (columns?.includes(name) ?? true),
  );
  const readers = fields.map(([name, field]) => [name, compileReader(field)] as const);
  const names = fields.map(([name]) => name);
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    for (const row of await readRows(file, metadata, names, rowStart, rowEnd))
      yield Object.fromEntries(readers.map(([name, read]) => [name, orNull(read, row[name])]));
    rowStart = rowEnd;
  }
}

type PhysicalRow = Readonly<Record<string, unknown>>;

const readRows = (
  file: OpenedFile,
  metadata: FileMetaData,
  columns: string[],
  rowStart: number,
  rowEnd: number,
): Promise<readonly PhysicalRow[]> =>
  new Promise((onComplete, reject) => {
    parquetRead({ file, metadata, columns, rowStart, rowEnd, rowFormat: "object", onComplete }).catch(reject);
  });

/** The reader makes floats of decimals: it is told of numbers, bytes and texts only. */
const toPhysical = (metadata: FileMetaData): FileMetaData => ({
  ...metadata,
  schema: metadata.schema.map(
    ({ converted_type, logical_type, ...element }): SchemaElement =>
      converted_type === "UTF8" ? { ...element, converted_type } : element,
  ),
});

const orNull = (read: (value: unknown) => unknown, value: unknown): unknown =>
  value === null || value === undefined ? null : read(value);

const DAY_MS = 24 * 60 * 60 * 1000;

/** From what the file holds to the canonical form: the reverse of what a column's converter does. */
function compileReader(field: StoredField): (value: unknown) => unknown {
  switch (field.kind) {
    case "bigint":
      return String;
    case "decimal":
      return (value) =>
        toDecimalText(value instanceof Uint8Array ? toBigInt(value) : (value as bigint), field.scale); // 16 bytes, else INT64
    case "date":
      return (value) => new Date(Number(value) * DAY_MS).toISOString().slice(0, 10);
    case "dateTime":
      return (value) => new Date(Number(value)).toISOString();
    case "list":
    case "object":
      return (value) => JSON.parse(String(value));
    case "int":
    case "boolean":
    case "string":
    case "enumeration":
      return (value) => value;
  }
}

/** Big endian, two's complement. */
const toBigInt = (bytes: Uint8Array): bigint =>
  BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));

function toDecimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? "-" : "";
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const cut = digits.length - scale;
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}
