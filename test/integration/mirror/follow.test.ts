import { afterAll, beforeAll, expect, test } from "vitest";
import { requestDocuments } from "../../../src/core/pending-queue.ts";
import { countChanges } from "../../support/changes.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop.close());

const stored = (model: string, id: number) =>
  shop.mongo.db.collection<{ _id: number; _v?: unknown; orders?: unknown }>(model).findOne({ _id: id });

async function expectEqual(): Promise<void> {
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
  expect(await shop.disagreements()).toEqual([]);
}

test("the first rebuild mirrors the whole shop", async () => {
  await expectEqual();
  expect(await stored("customer_orders", 1)).toMatchObject({ customerId: 1, _id: 1 });
});

test("a price paid is followed into every document that shows it", async () => {
  await shop.db.run("update orderline set unit_price = 1.23 where order_id = 1 and product_id = 1");
  await expectEqual();
  expect(JSON.stringify(await stored("order_details", 1))).toContain("1.23");
});

test("a moved order leaves the one customer and comes to the other", async () => {
  await shop.db.run("update `order` set customer_id = 4 where order_id = 3");
  await expectEqual();
  expect((await stored("customer_orders", 4))?.orders).toHaveLength(1);
});

test("a deleted line, a renamed customer, a renamed product and a new order are followed", async () => {
  await shop.db.run("delete from orderline where order_id = 1 and product_id = 2");
  await shop.db.run("update customer set last_name = 'Lovelace' where customer_id = 1");
  await shop.db.run("update product set name = 'Stool' where product_id = 1");
  await shop.db.run("insert into `order` (order_id, customer_id) values (77, 3)");
  await shop.db.run(
    "insert into orderline (order_id, product_id, quantity, unit_price) values (77, 4, 2, 5.00)",
  );
  await expectEqual();
  expect(await stored("order_details", 77)).toMatchObject({ orderId: 77 });
});

test("a deleted document becomes a tombstone, and one that comes again replaces it", async () => {
  await shop.db.run("insert into `order` (order_id, customer_id) values (88, 3)");
  await shop.mirror();
  await shop.db.run("delete from `order` where order_id = 88");
  await expectEqual();
  expect(await stored("order_details", 88)).toMatchObject({ _id: 88, _del: true });
  await shop.db.run("insert into `order` (order_id, customer_id) values (88, 2)");
  await expectEqual();
  expect(await stored("order_details", 88)).toMatchObject({ orderId: 88, buyer: { customerId: 2 } });
});

test("a tombstone of yesterday goes; one of today stays, and so does every document", async () => {
  const orders = shop.mongo.db.collection<{ _id: number }>("order_details");
  await shop.db.run("insert into `order` (order_id, customer_id) values (89, 3), (90, 3)");
  await shop.mirror();
  await shop.db.run("delete from `order` where order_id in (89, 90)");
  await shop.mirror();
  // The server looks once a minute by itself.
  await shop.mongo.client.db("admin").command({ setParameter: 1, ttlMonitorSleepSecs: 1 });
  await orders.updateOne({ _id: 89 }, { $set: { _at: new Date(Date.now() - 25 * 3_600_000) } });
  await expect.poll(() => orders.findOne({ _id: 89 }), { timeout: 20_000 }).toBeNull();
  expect(await stored("order_details", 90)).toMatchObject({ _del: true });
  await expectEqual();
});

test("a direct request writes one document again", async () => {
  const before = await stored("customer_orders", 2);
  await requestDocuments(shop.db, shop.model("customer_orders"), ["2"]);
  await shop.mirror();
  const after = await stored("customer_orders", 2);
  expect(Number(after?._v)).toBeGreaterThan(Number(before?._v));
});

test("nothing is left in the change tables and the queues, and every model is complete up to its token", async () => {
  await shop.mirror();
  expect(await countChanges(shop.db)).toBe(0);
  expect(await shop.db.query("select * from vitrine_pending")).toEqual([]);
  const late = await shop.db.query(
    "select model from vitrine_state where complete < (select wanted from vitrine_position)",
  );
  expect(late).toEqual([]);
});
