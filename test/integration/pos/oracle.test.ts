import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importFiles } from "../../../src/imports/import-files.ts";
import { writeFiles } from "../../../src/imports/write-files.ts";
import { pos } from "../../../src/models/pos/index.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readDocuments } from "../../support/model-contract.ts";
import { deriveDocuments } from "../../support/shop-oracle.ts";

let db: TestDatabase;
let expected: Awaited<ReturnType<typeof deriveDocuments>>;

/** A generated shop with all of its dirt, and the price changes that files do not bring. */
beforeAll(async () => {
  db = await openTestDatabase();
  const dir = await mkdtemp(join(tmpdir(), "oracle-"));
  await writeFiles(pos.generate?.({ scale: 0.1, seed: 11, clean: false }) ?? [], dir);
  await importFiles({ admin: db.admin, domain: pos, dir });
  await rm(dir, { recursive: true });
  await db.admin.run(
    `insert into price_history (product_id, old_price, new_price, changed_at)
    select product_id, current_price + product_id % 7, current_price, '2024-01-01' - interval product_id % 3 day
    from product where product_id % 5 < 3`,
  );
  await db.admin.run(
    `insert into price_history (product_id, old_price, new_price, changed_at)
    select product_id, 1, current_price + product_id % 7, '2023-12-30 12:00:00.123'
    from product where product_id % 5 = 1`,
  );
  expected = await deriveDocuments(db.admin);
});
afterAll(() => db?.close());

test.each([
  "customer_addresses",
  "customer_lifetime_value",
  "customer_orders",
  "monthly_sales",
  "order_details",
  "pending_shipments",
  "product_buyers",
  "product_price_history",
  "state_sales",
])("every document of %s is what the base tables say", async (name) => {
  const model = pos.models.find((one) => one.name === name);
  if (!model) throw new Error(`${name} is no model.`);
  const shown = [...(await readDocuments(db.admin, model))];
  const documents = new Map(shown.map(([id, text]) => [id, JSON.parse(text) as unknown]));
  expect(new Set(documents.keys())).toEqual(new Set(expected[name]?.keys()));
  for (const [id, document] of documents) expect(document, `${name} ${id}`).toEqual(expected[name]?.get(id));
});
