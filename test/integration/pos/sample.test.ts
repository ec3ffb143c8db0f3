import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSample } from "../../../src/app/load-sample.ts";
import { customerOrders } from "../../../src/domains/pos/models/customer-orders.ts";
import { noProgress } from "../../../src/progress.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { findBrokenRules } from "../../mix/find-broken-rules.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readMoment } from "../../support/settle.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopAlone });
  dataDir = await mkdtemp(join(tmpdir(), "vitrine-sample-"));
  expect(await load()).toEqual(["pos"]);
}, 120_000);
afterAll(async () => {
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const load = () => {
  const { admin, project, sqlDir } = database;
  // The parts of an app that a sample needs.
  const domains = project.domains.filter(({ name }) => name === "pos");
  const app = { admin, project: { ...project, domains, sqlDir }, config: { dataDir } };
  const signal = AbortSignal.timeout(110_000);
  return loadSample(app, { scale: 0.05, end: "2008-01-01", progress: noProgress, signal });
};

test("the sample has three years up to its end, the newest orders of which are on their way", async () => {
  const [orders] = await database.admin.query(
    `select year(min(date_placed)) as first, cast(max(date_placed) as char(10)) as last,
      max(date_shipped) < '2008-01-01' as shipped, min(if(status = 'placed', date_placed, null)) > '2007-12-01' as placed
    from \`order\``,
  );
  expect(orders).toEqual({ first: 2005, last: "2007-12-31", shipped: 1, placed: 1 });
});

test("the sample's prices changed through the years, and each line was paid at the price of its day", async () => {
  const [prices] = await database.admin.query(
    `select count(distinct product_id) > 50 as products, count(*) > 100 as changes, min(changed_at) < '2006-01-01' as early,
      max(changed_at) > '2007-06-01' as late, sum(new_price < old_price) > 10 as falls
    from price_history`,
  );
  expect(prices).toEqual({ products: 1, changes: 1, early: 1, late: 1, falls: 1 });
  const paid = `(select coalesce((
      select h.old_price from price_history h
      where h.product_id = l.product_id and h.changed_at > o.date_placed
      order by h.changed_at limit 1), p.current_price))`;
  const [lines] = await database.admin.query(
    `select sum(l.unit_price <> ${paid}) as wrong, sum(l.unit_price <> p.current_price) > 500 as older
    from orderline l join \`order\` o using (order_id) join product p using (product_id)`,
  );
  expect({ ...lines, wrong: Number(lines?.wrong) }).toEqual({ wrong: 0, older: 1 });
  expect(await findBrokenRules(database.admin)).toEqual([]);
});

test("the sample's customers are in several segments", async () => {
  const [segments] = await database.admin.query(
    `select count(*) > 6 as several from customer_segments
    where segment <> 'ALL' and customers > 0`,
  );
  expect(segments).toEqual({ several: 1 });
});

test("the past can be asked from the end of the first import on", async () => {
  const live = createLiveStore(database.reader);
  const now = await live.count(customerOrders, null, {});
  expect(now).toBeGreaterThan(300);
  const asOf = await readMoment(database.admin);
  expect(await live.count(customerOrders, null, { asOf })).toBe(now);
});

test("a database that was imported gets no sample", async () => {
  expect(await load()).toEqual([]);
});
