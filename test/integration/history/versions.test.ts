import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { customerOrders } from "../../../src/domains/pos/models/customer-orders.ts";
import { orderDetails } from "../../../src/domains/pos/models/order-details.ts";
import { productBuyers } from "../../../src/domains/pos/models/product-buyers.ts";
import { int, string } from "../../../src/models/field.ts";
import { type Document, type DocumentModel, defineModel } from "../../../src/models/model.ts";
import type { DocumentStore, Version } from "../../../src/stores/document-store.ts";
import { holdTime, releaseTime } from "../../../src/stores/mariadb/hold-time.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { sqlErrorOf } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { intercept } from "../../support/intercept.ts";
import { prepareShop, shopOperation } from "../../support/shop-operations.ts";
import type { Operation } from "../../support/soundness.ts";

let db: TestDatabase;
let live: DocumentStore;
beforeAll(async () => {
  db = await openTestDatabase();
  live = createLiveStore(db.reader);
  await prepareShop(db.admin);
});
afterAll(() => db?.close());

const watched: readonly (readonly [DocumentModel, string])[] = (
  [customerOrders, orderDetails, productBuyers] as readonly DocumentModel[]
).flatMap((model) => ["1", "2", "3"].map((id) => [model, id] as const));

const readAll = () =>
  Promise.all(watched.map(async ([model, id]) => (await live.findByIds(model, [id])).get(id) ?? null));

async function commit(operations: readonly Operation[]): Promise<void> {
  await db.admin.transaction(async (connection) => {
    await holdTime(connection);
    for (const { sql, values } of operations)
      await connection.run(sql, values).catch((error: unknown) => {
        // What a key, a check or a rule refuses has changed nothing.
        if (!sqlErrorOf(error)) throw error;
      });
    await releaseTime(connection);
  });
}

const versionsOf = async (model: DocumentModel, id: string, limit = 100): Promise<readonly Version[]> =>
  (await live.findVersions(model, id, { limit, before: null })).versions;

describe("The versions of a document", () => {
  test("are what an observer saw after each commit, whatever was written", async () => {
    let seenInAll = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(shopOperation, { minLength: 1, maxLength: 3 }), { minLength: 10, maxLength: 30 }),
        async (transactions) => {
          const observed: (Document | null)[][] = (await readAll()).map((document) => [document]);
          for (const operations of transactions) {
            await commit(operations);
            for (const [index, document] of (await readAll()).entries())
              if (!isDeepStrictEqual(observed[index]?.at(-1), document)) observed[index]?.push(document);
          }
          for (const [index, [model, id]] of watched.entries()) {
            const expected = (observed[index] ?? []).reverse();
            // Nothing at the beginning may be a deletion of before, or nothing at all.
            if (expected.at(-1) === null) expected.pop();
            seenInAll += expected.length;
            const versions = await versionsOf(model, id);
            const documents = versions.slice(0, expected.length).map(({ document }) => document);
            expect(documents, `${model.name} ${id}`).toEqual(expected);
          }
        },
      ),
      { numRuns: 6 },
    );
    expect(seenInAll).toBeGreaterThan(100);
  });

  test("are what asOf shows from their beginning to their end", async () => {
    for (const [model, id] of watched) {
      const versions = await versionsOf(model, id, 5);
      for (const { document, validFrom, validTo } of versions) {
        if (validFrom === null || validFrom === validTo) continue;
        const last = validTo === null ? validFrom : new Date(Date.parse(validTo) - 1).toISOString();
        for (const asOf of [validFrom, last])
          expect((await live.findByIds(model, [id], { asOf })).get(id) ?? null).toEqual(document);
      }
    }
  });

  test("say which fields have changed, and page without a gap", async () => {
    // What was written before may have taken it away.
    await db.admin.run("insert ignore into city (zip, city, state) values ('77002', 'Houston', 'TX')");
    await db.admin.run(
      "insert into customer (customer_id, first_name, last_name, address1, zip) values (70, 'Kay', 'Old', '1 Elm', '77002')",
    );
    await db.admin.run("update customer set last_name = 'New' where customer_id = 70");
    await db.admin.run("update customer set phone = '5' where customer_id = 70");
    await db.admin.run("update customer set address1 = '2 Elm' where customer_id = 70");
    await db.admin.run("delete from customer where customer_id = 70");
    const all = await versionsOf(customerOrders, "70");
    expect(
      all.map(({ document, changedFields }) => [
        document?.name,
        changedFields.length > 3 ? "all" : changedFields,
      ]),
    ).toEqual([
      [undefined, "all"],
      ["Kay New", ["printedAddress1"]],
      ["Kay New", ["name", "lastName"]],
      ["Kay Old", "all"],
    ]);
    expect(all[0]?.validTo).toBeNull();
    for (const [index, { validFrom }] of all.entries())
      if (index > 0) expect(all[index]?.validTo).toBe(all[index - 1]?.validFrom);
      else expect(validFrom).not.toBeNull();
    const paged: Version[] = [];
    let before: string | null = null;
    for (;;) {
      const page = await live.findVersions(customerOrders, "70", { limit: 1, before });
      paged.push(...page.versions);
      before = page.versions.at(-1)?.changedAt ?? null;
      if (!page.hasMore) break;
    }
    expect(paged).toEqual(all);
  });

  test("are no longer looked for in the database when nobody waits for them", async () => {
    await db.admin.query(
      `create view slow_customer as select customer_id as id, sleep(60) as nap from customer`,
    );
    const slow = defineModel({
      name: "slow_customer",
      typeName: "SlowCustomer",
      description: "Takes its time.",
      key: "id",
      fields: { id: int("Number."), nap: int("Nothing.") },
    });
    const running = async () =>
      Number(
        (
          await db.admin.query(
            `select count(*) as n from information_schema.processlist
            where db = database() and info like '%from \`slow_customer\`%' and id <> connection_id()`,
          )
        )[0]?.n,
      );
    const gone = new AbortController();
    const fresh = createLiveStore(db.admin);
    const read = fresh.findVersions(slow, "1", { limit: 5, before: null }, { signal: gone.signal });
    const failed = expect(read).rejects.toThrow("client has gone");
    await expect.poll(running).toBe(1);
    gone.abort(new Error("client has gone"));
    await expect.poll(running).toBe(0);
    await failed;
  });

  test("cost no look at changes of what their view does not name, though another does", async () => {
    for (const sql of [
      "insert into product (product_id, name, current_price, available_quantity) values (70, 'Kettle', '20.00', 5)",
      "insert ignore into city (zip, city, state) values ('77002', 'Houston', 'TX')",
      "insert into customer (customer_id, first_name, last_name, address1, zip) values (75, 'Jo', 'Lee', '1 Elm', '77002')",
      "insert into `order` (order_id, customer_id) values (70, 75)",
      "insert into orderline (order_id, product_id, quantity) values (70, 70, 1)",
    ])
      await db.admin.run(sql);
    const stock = "update product set available_quantity = available_quantity + 1 where product_id = 70";
    let looks = 0;
    const counted = createLiveStore(
      intercept(db.reader, (sql) => {
        if (sql.includes("@vitrine_versions = ''")) looks += 1;
        return undefined;
      }),
    );
    const request = { limit: 1000, before: null };
    const before = await counted.findVersions(orderDetails, "70", request);
    expect(before.versions.at(0)?.document?.items).toHaveLength(1);
    const looksBefore = looks;
    for (let change = 0; change < 10; change++) await db.admin.run(stock);
    looks = 0;
    expect(await counted.findVersions(orderDetails, "70", request)).toEqual(before);
    expect(looks).toBe(looksBefore);
  });

  test("are there beside one that cannot be given, which has its reason", async () => {
    await db.admin.query(`create view spoilt_customer as
      select customer_id as id, nullif(last_name, 'Bad') as name from customer`);
    const spoilt = defineModel({
      name: "spoilt_customer",
      typeName: "SpoiltCustomer",
      description: "May lack its name.",
      key: "id",
      fields: { id: int("Number."), name: string("Name.") },
    });
    await db.admin.run("insert ignore into city (zip, city, state) values ('77002', 'Houston', 'TX')");
    await db.admin.run(
      "insert into customer (customer_id, first_name, last_name, address1, zip) values (71, 'Kay', 'First', '1 Elm', '77002')",
    );
    for (const name of ["Bad", "Third"])
      await db.admin.run("update customer set last_name = ? where customer_id = 71", [name]);
    const fresh = createLiveStore(db.admin);
    const { versions } = await fresh.findVersions(spoilt, "71", { limit: 10, before: null });
    expect(versions.map(({ document, error }) => document?.name ?? error?.message)).toEqual([
      "Third",
      "spoilt_customer 71: name is null, but the model says that it never is.",
      "First",
    ]);
  });

  test("end before the first, which no change made", async () => {
    const all = await live.findVersions(customerOrders, "1", { limit: 100, before: "0" });
    expect(all).toEqual({ versions: [], hasMore: false });
  });

  test("are none of a document that never was", async () => {
    expect(await live.findVersions(customerOrders, "4711", { limit: 5, before: null })).toEqual({
      versions: [],
      hasMore: false,
    });
  });
});
