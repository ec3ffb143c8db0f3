import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportFrom } from "../../../src/exports/export-from.ts";
import { exportModels } from "../../../src/exports/export-models.ts";
import { withLiveSource } from "../../../src/exports/export-sources.ts";
import * as f from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { prepareWarehouse } from "../../domains/softcart/warehouse-operations.ts";
import { prepareTote } from "../../domains/totesys/prepare-tote.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readLiveState } from "../../support/read-changes.ts";
import { askDuckDb, readParquet, readParquetTypes } from "../../support/read-parquet.ts";
import { prepareShop } from "../../support/shop-operations.ts";

/** One field of every kind, with values at the edges of what they may be. */
const everything = defineModel({
  name: "everything",
  typeName: "Everything",
  description: "All kinds.",
  key: "code",
  fields: {
    code: f.string("Key."),
    small: f.int("Whole number.", { nullable: true }),
    large: f.bigint("Large whole number."),
    price: f.decimal("Amount of 14 digits.", 2, { nullable: true }),
    total: f.decimal("Amount of 34 digits, the most that a document may have.", 4, { nullable: true }),
    isOpen: f.boolean("Flag.", { nullable: true }),
    soldOn: f.date("Day.", { nullable: true }),
    soldAt: f.dateTime("Moment.", { nullable: true }),
    mood: f.enumeration("Mood", "How it is.", {
      good: "Good.",
      odd: { text: "it's odd", description: "Odd." },
    }),
    note: f.string("Text.", { nullable: true }),
    tags: f.list(
      "Tags.",
      f.object("Tag", "A tag.", { word: f.string("Word."), cost: f.decimal("Cost.", 12) }),
    ),
  },
});

let database: TestDatabase;
let out: string;
beforeAll(async () => {
  database = await openTestDatabase();
  out = await mkdtemp(join(tmpdir(), "vitrine-parquet-"));
  await prepareShop(database.admin);
  await prepareWarehouse(database.admin);
  await prepareTote(database.admin);
  await database.admin.query(`
    create table thing (code varchar(20) primary key, small int, large bigint not null, price decimal(14, 2),
      total decimal(38, 4), is_open boolean, sold_on date, sold_at datetime(3), mood varchar(9) not null, note text,
      tags json not null);
    insert into thing values
      ('a,"b"', -2147483648, 9223372036854775807, 123456789012.34, 123456789012345678901234567890.5678, true,
        '9999-12-31', '2024-02-29 23:59:59.999', 'it''s odd', 'two\\nlines, "quoted" \\\\N',
        '[{"word": "y\\\\"z", "cost": 12345678901234567890.123456789012}]'),
      ('b', null, -9223372036854775808, null, null, null, null, null, 'good', null, '[]'),
      ('c', 0, 0, -0.01, -0.0001, false, '1000-01-01', '1000-01-01 00:00:00.001', 'good', '', '[]'),
      ('d', 1, -1, -999999999999.99, -999999999999999999999999999999.9999, true, '1969-12-31',
        '1969-12-31 23:59:59.999', 'good', 'Zoë 🙂 \\0', '[]');
    create sql security invoker view everything as
      select code, small, large, price, total, is_open, sold_on, sold_at, mood, note, tags from thing`);
}, 180_000);
afterAll(async () => {
  await database?.close();
  await rm(out, { recursive: true, force: true });
});

async function exportParquet(models: readonly DocumentModel[]) {
  const { admin, mongo } = database;
  const stores = { reader: admin, live: createLiveStore(admin), mirror: createMirrorStore(mongo) };
  return exportFrom(stores, "live", undefined, {
    format: "parquet",
    out,
    gzip: false,
    models: models.map((model) => ({ model, where: null })),
    signal: new AbortController().signal,
  });
}

const readExpected = (model: DocumentModel) => readLiveState(database.admin, model);

describe("a second reader finds in Parquet", () => {
  test("every kind of field, to the last digit, with null and the empty text apart", async () => {
    await exportParquet([everything]);
    const path = join(out, "everything.parquet");
    const rows = await readParquet(path, everything);
    expect(rows).toEqual(await readExpected(everything));
    expect(rows.map(({ price, total, soldOn }) => [price, total, soldOn])).toEqual([
      ["123456789012.34", "123456789012345678901234567890.5678", "9999-12-31"],
      [null, null, null],
      ["-0.01", "-0.0001", "1000-01-01"],
      ["-999999999999.99", "-999999999999999999999999999999.9999", "1969-12-31"],
    ]);
    expect(await readParquetTypes(path)).toEqual({
      code: "VARCHAR",
      small: "INTEGER",
      large: "BIGINT",
      price: "DECIMAL(18,2)",
      total: "DECIMAL(38,4)",
      isOpen: "BOOLEAN",
      soldOn: "DATE",
      soldAt: "TIMESTAMP WITH TIME ZONE",
      mood: "VARCHAR",
      note: "VARCHAR",
      tags: "VARCHAR",
    });
    expect(
      await askDuckDb(
        `select cost.cost::varchar as cost from (select unnest(from_json(tags, '[{"cost": "DECIMAL(38, 12)"}]')) as cost from '${path}')`,
      ),
    ).toEqual([{ cost: "12345678901234567890.123456789012" }]);
  });

  test("the least and the largest value of each row group, on which it skips groups", async () => {
    await exportParquet([everything]);
    const found = await askDuckDb(
      `select code from '${join(out, "everything.parquet")}' where price < 0 and total > -1 and "soldOn" < date '1500-01-01'`,
    );
    expect(found).toEqual([{ code: "c" }]);
  });

  test("every document of every model", async () => {
    const models = database.project.domains.flatMap((domain) => domain.models);
    const { files } = await exportParquet(models);
    for (const model of models) {
      const entry = files.find((file) => file.model === model.name);
      expect(entry?.rows, model.name).toBeGreaterThan(0);
      const rows = await readParquet(join(out, entry?.file ?? ""), model);
      expect(rows, model.name).toEqual(await readExpected(model));
    }
  });
});

test("a decimal wider than its column was when the export began is refused by name, and nothing is left", async () => {
  const folder = join(out, "wider");
  const exported = withLiveSource(database.admin, (source) =>
    exportModels({
      source,
      models: [{ model: everything, where: null }],
      format: "parquet",
      out: folder,
      gzip: false,
      signal: new AbortController().signal,
      widthsOf: async () => new Map([["total", { digits: 18, scale: 4 }]]),
    }),
  );
  await expect(exported).rejects.toMatchObject({
    code: "EXPORT_FAILED",
    message: expect.stringContaining('everything a,"b": total has more than the 18 digits'),
  });
  expect(await readdir(folder)).toEqual([]);
});
