import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BSON } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportFileName, exportModels } from "../../../src/exports/export-models.ts";
import { createMirrorSource, withLiveSource } from "../../../src/exports/export-sources.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { bsonCodecOf } from "../../../src/stores/conversion/document-codec.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { prepareWarehouse } from "../../domains/softcart/warehouse-operations.ts";
import { prepareTote } from "../../domains/totesys/prepare-tote.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { documentsSql } from "../../support/model-contract.ts";
import { createShop, type Shop } from "../../support/shop.ts";

let database: TestDatabase;
let shop: Shop;
let models: readonly DocumentModel[];
let out: string;
beforeAll(async () => {
  database = await openTestDatabase();
  models = database.project.domains.flatMap((domain) => domain.models);
  out = await mkdtemp(join(tmpdir(), "vitrine-export-"));
  shop = await createShop(database.admin);
  await shop.city("90210", "Beverly Hills", "CA", "0.09500");
  await shop.customer("Ada", { lastName: "O'Neil", address2: 'Suite "7"' });
  await shop.customer("Zoë", { zip: "90210" });
  await shop.product("Tea", "42.99");
  await shop.product("Pot", "1279.99");
  await shop.sale(
    "Ada",
    [
      ["Tea", 2],
      ["Pot", 1],
    ],
    { placed: "1969-12-31 23:59:59.999" },
  );
  await shop.sale("Zoë", [["Pot", 3, "0.05"]], {
    placed: "2024-02-29 10:00:00.000",
    shipped: "2024-03-01 00:00:00.000",
  });
  await prepareWarehouse(database.admin);
  await prepareTote(database.admin);
});
afterAll(async () => {
  await database?.close();
  await rm(out, { recursive: true, force: true });
});

const requestOf = (list: readonly DocumentModel[], extendedJson: "relaxed" | "canonical" = "relaxed") => ({
  models: list.map((model) => ({ model, where: null })),
  format: "ejson" as const,
  extendedJson,
  out,
  gzip: false,
  signal: new AbortController().signal,
});
const read = (file: string) => readFile(join(out, file), "utf8");

describe.each(["relaxed", "canonical"] as const)("%s Extended JSON", (form) => {
  test("is given back exactly by a plain import, for every model", async () => {
    const live = createLiveStore(database.reader);
    await withLiveSource(database.reader, (source) => exportModels({ ...requestOf(models, form), source }));
    for (const model of models) {
      const lines = (await read(exportFileName(model, "ejson", false)))
        .split("\n")
        .filter((line) => line !== "");
      expect(lines.length, model.name).toBeGreaterThan(0);
      const collection = database.mongo.db.collection(`import_${form}_${model.name}`);
      await collection.insertMany(lines.map((line) => BSON.EJSON.parse(line, { relaxed: false })));
      const { toBson, toId } = bsonCodecOf(model);
      for await (const document of live.stream(model, null)) {
        const id = toId(String(document[model.key]));
        const imported = await collection.findOne({ _id: id as never }, { promoteValues: false });
        const expected = BSON.serialize({ _id: id, ...toBson(document) });
        expect(BSON.serialize(imported ?? {}), `${model.name} ${id}`).toEqual(expected);
      }
    }
  });
});

test.each([
  ["customer_addresses", "cust1.json", "printedAddress1"],
  ["product_buyers", "prod.json", "buyers"],
  ["order_details", "ord.json", "items"],
  ["customer_orders", "cust.json", "orders"],
  ["product_price_history", "custom1.json", "changes"],
  ["customer_lifetime_value", "custom2.json", "lifetimeSpend"],
  ["state_sales", "custom3.json", "revenue"],
  ["pending_shipments", "pending_shipments.json", "orders"],
  ["monthly_sales", "monthly_sales.json", "returningCustomers"],
])("%s goes into the file %s", async (name, file, field) => {
  const own = models.filter((model) => model.name === name);
  const folder = await mkdtemp(join(out, "named-"));
  await withLiveSource(database.reader, (source) => exportModels({ ...requestOf(own), out: folder, source }));
  expect((await readdir(folder)).sort()).toEqual([file, "manifest.json"].sort());
  const [first = ""] = (await readFile(join(folder, file), "utf8")).split("\n");
  expect(JSON.parse(first)).toHaveProperty(field);
  expect(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"))).toMatchObject({
    files: [{ model: name, file }],
  });
});

test("all files of a live export show the same moment", async () => {
  const [orders, details] = ["customer_orders", "order_details"].map((name) =>
    models.find((model) => model.name === name),
  );
  if (!orders || !details) throw new Error("The shop has these models.");
  let changed: Promise<unknown> | undefined;
  await withLiveSource(database.reader, (source) =>
    exportModels({
      ...requestOf([orders, details]),
      source: {
        ...source,
        // A sale is committed after the first model has been read and before the second.
        positionOf: async (model) => {
          if (model === details) changed = shop.sale("Ada", [["Tea", 1]]);
          await changed;
          return source.positionOf(model);
        },
      },
    }),
  );
  const ids = (text: string) => text.split("\n").length - 1;
  expect(ids(await read("ord.json"))).toBe(2);
  const again = await withLiveSource(database.reader, (source) =>
    exportModels({ ...requestOf([details]), source }),
  );
  expect(again.files[0]?.rows).toBe(3);
});

test.each([1, 2, 3, 4, 100])("an export in ranges of %i has every document once, in order", async (batch) => {
  const model = models.find(({ name }) => name === "order_details");
  if (!model) throw new Error("The shop has this model.");
  await shop.sale("Ada", [["Tea", 1]]);
  const request = requestOf([{ ...model, batch }]);
  await withLiveSource(database.reader, (source) => exportModels({ ...request, source }));
  const ids = (await read("ord.json"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line)._id);
  const expected = await database.admin.query<{ id: number }>(
    "select order_id as id from `order` order by order_id",
  );
  expect(ids.length).toBeGreaterThan(2);
  expect(ids).toEqual(expected.map(({ id }) => id));
});

test("a mirror that was never loaded whole is not exported", async () => {
  const source = createMirrorSource(createMirrorStore(database.mongo), database.reader);
  const model = models.slice(0, 1);
  await expect(exportModels({ ...requestOf(model), source })).rejects.toMatchObject({
    code: "MIRROR_UNAVAILABLE",
  });
});

test("every model has an export procedure, and each returns its documents, however short the session's limit", async () => {
  const procedures = await database.admin.query<{ name: string }>(
    "select routine_name as name from information_schema.routines where routine_schema = database() and routine_name like 'export\\_%'",
  );
  expect(procedures.map(({ name }) => name).sort()).toEqual(
    models.map(({ name }) => `export_${name}`).sort(),
  );
  for (const model of models)
    await database.admin.withConnection(async (connection) => {
      const view = model.name;
      const expected = await connection.query(
        `select document from (${documentsSql(model)}) as documents order by document_id`,
      );
      await connection.run("set session group_concat_max_len = 64");
      // A call answers with its rows and a status.
      const [rows] = (await connection.query(`call export_${view}()`)) as unknown as readonly [
        unknown,
        unknown,
      ];
      await connection.run("set session group_concat_max_len = 1073741824");
      expect(expected.length, view).toBeGreaterThan(0);
      expect(rows, view).toEqual(expected);
    });
});
