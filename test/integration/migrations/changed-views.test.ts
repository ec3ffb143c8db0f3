import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { shapeHash } from "../../../src/stores/mongodb/mirror-schema.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

/** What a new text of a view or function asks of the mirror, whose documents were made by the one before. */
let shop: MirrorShop;
let sqlDir: string;
beforeAll(async () => {
  shop = await openMirrorShop();
  sqlDir = join(await mkdtemp(join(tmpdir(), "vitrine-views-")), "sql");
  await cp(shop.sqlDir, sqlDir, { recursive: true });
  await shop.mirror();
});
beforeEach(async () => {
  await rm(sqlDir, { recursive: true });
  await cp(shop.sqlDir, sqlDir, { recursive: true });
  await migrate();
  await shop.mirror();
});
afterAll(async () => {
  await shop?.close();
  await rm(join(sqlDir, ".."), { recursive: true, force: true });
});

/** With this definition in the place of the one of its name. */
const migrate = (changed?: DocumentModel) =>
  migrateUp({
    admin: shop.admin,
    sqlDir,
    domains: shop.project.domains.map((domain) => ({
      ...domain,
      models: domain.models.map((model) => (model.name === changed?.name ? changed : model)),
    })),
  });
const edit = async (file: string, from: string, to: string) => {
  const path = join(sqlDir, file);
  const text = await readFile(path, "utf8");
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
};
/** Models that are to be rebuilt, and are not read meanwhile. */
const outdated = async () =>
  (
    await shop.db.query<{ model: string }>(
      "select model from vitrine_state where rebuild_status = 'needed' and rebuilt_at is null order by model",
    )
  ).map(({ model }) => model);

test("a view that says something else has its model rebuilt, and nobody reads what was", async () => {
  await edit("views/pos/product_buyers.sql", "    product.name,", "    concat(product.name, '!') as name,");
  const steps = await migrate();
  expect(await outdated()).toEqual(["product_buyers"]);
  expect(steps.map(({ action, name }) => `${action} ${name}`)).toContain("rebuild product_buyers");
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
  const stored = await shop.mongo.db.collection("product_buyers").findOne({});
  expect(stored?.name).toMatch(/!$/);
});

test("so has a model whose view is built on it", async () => {
  await edit("views/pos/customer_product.sql", "-- grain", "-- changed here\n-- grain");
  await migrate();
  expect(await outdated()).toEqual([]);
  const text = await readFile(join(sqlDir, "views/pos/customer_product.sql"), "utf8");
  await writeFile(join(sqlDir, "views/pos/customer_product.sql"), text.replace(/;\s*$/, "\nhaving true;\n"));
  await migrate();
  const found = await outdated();
  expect(found).toContain("customer_lifetime_value");
  expect(found).not.toContain("product_buyers");
});

test("and one whose touched view says something else: changes may have been missed", async () => {
  await edit("touched/pos/product_buyers_touched_by_product.sql", "-- grain", "-- changed here\n-- grain");
  await migrate();
  expect(await outdated()).toEqual([]);
  const path = join(sqlDir, "touched/pos/product_buyers_touched_by_product.sql");
  const text = await readFile(path, "utf8");
  await writeFile(
    path,
    text.replace(/;\s*$/, "\nunion all select vitrine_id, 1 from vitrine_change_product where false;\n"),
  );
  await migrate();
  expect(await outdated()).toEqual(["product_buyers"]);
});

test("a view that was changed by hand and is put right has its model rebuilt", async () => {
  const [row] = await shop.admin.query<{ text: string }>(
    "select view_definition as text from information_schema.views where table_schema = database() and table_name = 'product_buyers'",
  );
  await shop.admin.query(
    `create or replace view product_buyers as ${row?.text.replace(/(?:`\w+`\.)?`product`\.`name`/, "upper($&)")}`,
  );
  await migrate();
  expect(await outdated()).toEqual(["product_buyers"]);
});

test("a model whose shape changes with its view is left to whoever adopts the shape", async () => {
  const model = shop.model("product_buyers");
  const { currentPrice, ...fields } = model.fields;
  expect(currentPrice).toBeDefined();
  const changed: DocumentModel = { ...model, fields };
  expect(shapeHash(changed)).not.toBe(shapeHash(model));
  await edit("views/pos/product_buyers.sql", "    product.name,", "    concat(product.name, '?') as name,");
  await migrate(changed);
  expect(await outdated()).toEqual([]);
});

test("what is not changed asks for nothing", async () => {
  expect(await migrate()).toEqual([]);
  expect(await outdated()).toEqual([]);
});
