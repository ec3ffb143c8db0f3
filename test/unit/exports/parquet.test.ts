import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { parquet } from "../../../src/exports/formats/parquet.ts";
import { bigint, decimal, string } from "../../../src/models/field.ts";
import { type Document, defineModel } from "../../../src/models/model.ts";

const model = defineModel({
  name: "tea",
  typeName: "Tea",
  description: "Teas.",
  key: "teaId",
  fields: { teaId: bigint("Number."), name: string("Name.") },
});

async function* none(): AsyncIterable<Document> {}

const read = async (documents: AsyncIterable<Document>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of parquet.encode(model, documents, {})) chunks.push(Buffer.from(chunk));
  const file = Uint8Array.from(Buffer.concat(chunks)).buffer;
  return { chunks, metadata: parquetMetadata(file), rows: await parquetReadObjects({ file }) };
};

test("is a file with its columns without documents too", async () => {
  const { metadata, rows } = await read(none());
  expect(rows).toEqual([]);
  expect(metadata.schema.map(({ name }) => name).slice(1)).toEqual(["teaId", "name"]);
});

test("is written a row group at a time, of so many documents or so many bytes", async () => {
  async function* many(count: number, name: string): AsyncIterable<Document> {
    for (let n = 0; n < count; n += 1) yield { teaId: String(n), name };
  }
  const short = await read(many(50_000, "Tea"));
  expect(short.metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([
    10_000, 10_000, 10_000, 10_000, 10_000,
  ]);
  expect(short.chunks).toHaveLength(6);
  expect(short.rows.map(({ teaId }) => Number(teaId))).toEqual([...Array(50_000).keys()]);
  const long = await read(many(30, "T".repeat(1024 * 1024)));
  expect(long.metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual(Array(10).fill(3));
});

test("a decimal of more digits behind the point than its column has room for those before it", async () => {
  const priced = { ...model, fields: { ...model.fields, price: decimal("Price.", 4) } };
  const price = "1234567890123456.1234";
  async function* one(): AsyncIterable<Document> {
    yield { teaId: "1", name: "Tea", price };
  }
  const widths = new Map([["price", { digits: 18, scale: 2 }]]);
  const chunks: Uint8Array[] = [];
  for await (const chunk of parquet.encode(priced, one(), { widths })) chunks.push(Buffer.from(chunk));
  const { schema } = parquetMetadata(Uint8Array.from(Buffer.concat(chunks)).buffer);
  expect(schema.find(({ name }) => name === "price")).toMatchObject({ precision: 38, scale: 4 });
});
