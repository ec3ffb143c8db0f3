import { afterAll, beforeAll, expect, test } from "vitest";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { createVersionOf } from "../../../src/graphql/answer-tags.ts";
import { clearChanges } from "../../support/changes.ts";
import { fillMirror } from "../../support/fill-mirror.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { type GuardedGateway, openGuardedGateway } from "./guarded-gateway.ts";
import { openStateClerk } from "./state-clerk.ts";

let gateway: TestGateway;
let buyer: GuardedGateway;
let clerk: GuardedGateway;
/** Who asks; somebody of another state and their order, who change; one who goes, and an order that does. */
let me: number;
let state: string;
let other: number;
let gone: number;
let ordersOfOther: readonly number[];
beforeAll(async () => {
  gateway = await openTestGateway();
  const { reader, mongo, project } = gateway.database;
  const models = project.domains.flatMap((domain) => domain.models);
  const versionOf = createVersionOf(createFreshness(reader, mongo, models), models, () => true);
  gateway = { ...gateway, options: { ...gateway.options, versionOf } };
  const rows = await reader.query<{ id: number; state: string }>(
    `select o.customer_id as id, c.state as state from orders as o
    join customer_orders as c on c.customer_id = o.customer_id
    group by o.customer_id, c.state order by count(*) desc, 1`,
  );
  [me, state] = [rows[0]?.id ?? 0, rows[0]?.state ?? ""];
  const others = rows.filter((row) => row.state !== state);
  other = others[0]?.id ?? 0;
  const [without] = await reader.query<{ id: number }>(
    `select c.customer_id as id from customer_orders as c where c.state <> ? and json_length(c.orders) = 0 limit 1`,
    [state],
  );
  gone = without?.id ?? 0;
  ordersOfOther = (
    await reader.query<{ id: number }>("select order_id as id from orders where customer_id = ? order by 1", [
      other,
    ])
  ).map(({ id }) => id);
  expect([me, other, gone, ordersOfOther.length > 1].every(Boolean)).toBe(true);
  buyer = await openGuardedGateway(gateway, "customer", { customer_id: me });
  clerk = await openStateClerk(gateway, state);
});
afterAll(async () => {
  await buyer?.close();
  await clerk?.close();
  await gateway?.close();
});

/** Whatever comes back but the age of the mirror, which is everybody's. */
async function answerOf({ server }: GuardedGateway, query: string): Promise<readonly unknown[]> {
  const url = `${server.url}?query=${encodeURIComponent(query)}`;
  const response = await fetch(url, { headers: { accept: "application/json" } });
  const text = (await response.text()).replace(/,"extensions":\{"freshness":\[.*?\]\}/, "");
  return [query, response.status, response.headers.get("etag"), text];
}
async function fileOf({ server }: GuardedGateway, path: string): Promise<readonly unknown[]> {
  const response = await fetch(new URL(path, server.url));
  return [path, response.status, response.headers.get("etag"), await response.text()];
}

async function askEverything(): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const source of ["LIVE", "MIRROR", "AUTO"]) {
    const at = `source: ${source}`;
    const ids = [me, other, gone, 99_999_999];
    const ofBuyer = [
      ...ids.map(
        (id) => `{ customer(id: ${id} ${at}) { name city } customerOrders(id: ${id} ${at}) { name } }`,
      ),
      `{ nodes(ids: [${[...ids.map((id) => `"Customer:${id}"`), ...ordersOfOther.map((id) => `"Order:${id}"`)].join(", ")}] ${at}) { id } }`,
      `{ orderConnection(${at} orderBy: [TOTAL_DESC]) { totalCount nodes { orderId total customer { name } } pageInfo { hasNextPage endCursor } } }`,
      `{ orderConnection(${at} last: 2) { totalCount edges { cursor node { orderId } } pageInfo { hasPreviousPage startCursor } } }`,
      `{ orderConnection(${at} where: { or: [{ customerId: { eq: ${other} } }, { total: { gt: "0" } }] }) { totalCount } }`,
      `{ sales(rollup: [STATE, CITY] ${at} first: 100) { groupedBy state city revenue orders } }`,
      `{ sales(groupBy: [PLACED_ON_MONTH] ${at}) { placedOnMonth revenue share { revenue } } }`,
      `{ sales(groupBy: [PRODUCT_ID] topPerGroup: { by: [PRODUCT_ID] first: 1 } ${at}) { productId units } }`,
      // Those that are refused, in the same words.
      `{ customer(id: "x" ${at}) { name } }`,
      `{ orderConnection(${at} after: "x") { totalCount } }`,
      `{ customer(id: ${other} ${at}) { nothing } }`,
    ];
    for (const query of ofBuyer) found.push(await answerOf(buyer, query));
    const ofClerk = [
      ...ids.map((id) => `{ customerOrders(id: ${id} ${at}) { name state orders { orderId } } }`),
      `{ customerOrdersConnection(${at} first: 500 orderBy: [LAST_NAME_ASC]) { totalCount nodes { customerId name orders { orderId details { total } } customer { name } } } }`,
      `{ customerConnection(${at} first: 5 where: { lastName: { gte: "M" } }) { totalCount nodes { customerId } pageInfo { endCursor } } }`,
      `{ sales(groupBy: [STATE, CITY] ${at} first: 500) { state city revenue customers facts(first: 3) { totalCount nodes { saleId } } } }`,
    ];
    for (const query of ofClerk) found.push(await answerOf(clerk, query));
    const from = `source=${source.toLowerCase()}`;
    for (const path of [`/export/orders.csv?${from}`, `/export/customer_orders.ndjson?${from}`])
      found.push(await fileOf(buyer, path));
    for (const path of [`/export/customer_orders.ndjson?${from}`, `/export/sales.csv?${from}`])
      found.push(await fileOf(clerk, path));
  }
  for (const id of [other, gone, 99_999_999])
    found.push(
      await answerOf(
        clerk,
        `{ customerOrdersHistory(id: ${id}) { nodes { validFrom changedFields document { name } } } }`,
      ),
    );
  return found;
}

/** Everything that may be done to rows of others: changed, moved, added, gone, and spoiled in both stores. */
async function changeOthers(): Promise<void> {
  const { admin, mongo, project } = gateway.database;
  const [moved, dropped] = ordersOfOther;
  await admin.run("update customer set first_name = 'Zz', last_name = 'Aaa' where customer_id = ?", [other]);
  await admin.run("delete from orderline where order_id = ?", [dropped]);
  await admin.run("delete from `order` where order_id = ?", [dropped]);
  await admin.run("delete from customer where customer_id = ?", [gone]);
  await admin.run("update orderline set quantity = quantity + 1 where order_id = ?", [moved]);
  await mongo.db.dropDatabase();
  await admin.run("delete from vitrine_state");
  await fillMirror(admin, mongo, project);
  await admin.query("drop trigger order_before_update");
  await admin.run("update `order` set date_placed = '0000-00-00' where order_id = ?", [moved]);
  await clearChanges(admin);
  const bypass = { bypassDocumentValidation: true };
  const spoil = (model: string, _id: number, change: Record<string, unknown>) =>
    mongo.db.collection<{ _id: number }>(model).updateOne({ _id }, { $set: change }, bypass);
  await spoil("orders", moved ?? 0, { placedAt: "no moment" });
  await spoil("customer_orders", other, { name: 5, orders: "no list" });
  await spoil("customers", other, { name: 5 });
}

test("what is done to rows of others shows in no answer, error, total, order, file or tag", async () => {
  const before = await askEverything();
  // They are answers: nothing is equal because nothing is there.
  const texts = before.map((one) => String((one as readonly unknown[])[3]));
  expect(texts.filter((text) => /"data":\{"\w+":[{[]/.test(text)).length).toBeGreaterThan(30);
  await changeOthers();
  // Whoever sees all rows is told.
  const { errors } = await gateway.ask("{ orderConnection(source: LIVE first: 500) { nodes { placedAt } } }");
  expect(errors?.[0]?.extensions.code).toBe("DOCUMENT_INVALID");
  const after = await askEverything();
  for (const [index, answer] of before.entries()) expect(after[index]).toEqual(answer);
}, 180_000);
