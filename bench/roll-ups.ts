import { setTimeout as sleep } from "node:timers/promises";
import { sales } from "../src/domains/pos/models/sales.ts";
import type { CubeQuery } from "../src/stores/cube-store.ts";
import { createLiveStore } from "../src/stores/mariadb/live-store.ts";
import { openMariaDb } from "../src/stores/mariadb/mariadb.ts";
import { createMirrorStore } from "../src/stores/mongodb/mirror-store.ts";
import { planRollUps } from "../src/stores/plan-roll-up.ts";
import { type BenchContext, printRatios } from "./bench-context.ts";
import { percentile } from "./latency.ts";
import { drained, startLoader } from "./loader-process.ts";
import { measureInTurns } from "./measure-in-turns.ts";
import { type BenchShop, time } from "./with-shop.ts";

const plain: CubeQuery = {
  sets: [[]],
  measures: ["revenue"],
  where: null,
  having: null,
  orderBy: [],
  limit: 10_000,
  withTies: false,
};
const sold = "from orderline l join `order` o on o.order_id = l.order_id";
const soldTo = `${sold} join customer c on c.customer_id = o.customer_id join city t on t.zip = c.zip`;
const counts = "o.status <> 'cancelled'";
/** Reports that roll-ups of `sales` cover, and the SQL that somebody would write for them. */
const reports: readonly { readonly title: string; readonly query: CubeQuery; readonly sql: string }[] = [
  {
    title: "revenue and pieces by month",
    query: { ...plain, sets: [["placedOnMonth"]], measures: ["revenue", "units"] },
    sql: `select date_format(o.date_placed, '%Y-%m'), sum(l.line_total), sum(l.quantity) ${sold}
      where ${counts} group by 1 order by 1`,
  },
  {
    title: "revenue and average order by year and state, with subtotals",
    query: {
      ...plain,
      sets: [["placedOnYear", "state"], ["placedOnYear"], []],
      measures: ["revenue", "averageOrder"],
    },
    sql: `select year(o.date_placed), t.state, sum(l.line_total), count(distinct o.order_id) ${soldTo}
      where ${counts} group by year(o.date_placed), t.state with rollup`,
  },
  {
    title: "what is booked by quarter and status",
    query: { ...plain, sets: [["placedOnQuarter", "status"]], measures: ["bookedRevenue", "bookedUnits"] },
    sql: `select year(o.date_placed), quarter(o.date_placed), o.status, sum(l.line_total), sum(l.quantity) ${sold}
      group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    title: "top ten products",
    query: {
      ...plain,
      sets: [["productId"]],
      measures: ["revenue", "units"],
      orderBy: [{ field: "revenue", direction: "desc" }],
      limit: 10,
    },
    sql: `select l.product_id, sum(l.line_total) as revenue, sum(l.quantity) ${sold}
      where ${counts} group by l.product_id order by revenue desc, l.product_id limit 10`,
  },
];

const hand = "hand-written SQL over the tables";

/** What a report costs from a roll-up, beside its facts in either store; then how old a roll-up is while a shop sells. */
export async function measureRollUps(context: BenchContext, shop: BenchShop, about: string): Promise<void> {
  const models = [sales, ...sales.cube.rollUps].map(({ name }) => name);
  const loader = startLoader(shop, { models });
  const seconds = await time(() => drained(shop, models.length));
  context.print(
    `\nLoading the facts and ${models.length - 1} roll-ups took ${seconds.toFixed(1)} s, with the start`,
  );
  for (const { name } of sales.cube.rollUps)
    context.print(`  ${name}: ${await shop.mongo.db.collection(name).estimatedDocumentCount()} documents`);
  const [live, mirror] = [createLiveStore(shop.admin), createMirrorStore(shop.mongo)];
  for (const { title, query, sql } of reports) {
    const [plan] = planRollUps(sales, query);
    if (!plan) throw new Error(`No roll-up covers ${title}.`);
    const ways = [
      { what: hand, work: () => shop.admin.query(sql) },
      { what: "facts, live", work: () => live.aggregate(sales, query) },
      { what: "facts, mirror", work: () => mirror.aggregate(sales, query) },
      {
        what: `roll-up, mirror (${plan.rollUp.name})`,
        work: () => mirror.aggregate(plan.rollUp, plan.query),
      },
    ];
    const rows = await measureInTurns(ways);
    printRatios(context, `Report over ${about}: ${title}`, hand, rows);
    const [facts = Number.NaN, rollUp = Number.NaN] = rows.slice(2).map((row) => row.seconds);
    context.print(
      `  the roll-up is ${(facts / rollUp).toFixed(0)} × as fast as facts from the mirror (target ≥ 20)`,
    );
  }
  await measureAge(context, shop);
  await loader.stop();
}

const RATE = 100;
const SECONDS = 10;

/** How long after its commit a sale of today is in the roll-up of the month. */
async function measureAge(context: BenchContext, shop: BenchShop): Promise<void> {
  const [rollUp] = sales.cube.rollUps;
  if (!rollUp) throw new Error("The cube has no roll-up.");
  const mirror = createMirrorStore(shop.mongo);
  const thisMonth = `${new Date().toISOString().slice(0, 7)}-01`;
  const query: CubeQuery = {
    ...plain,
    measures: ["bookedUnits"],
    where: { kind: "compare", field: "placedOnMonth", operator: "eq", value: thisMonth },
  };
  const readUnits = async () => Number((await mirror.aggregate(rollUp, query))[0]?.values.bookedUnits ?? 0);
  const customers = await shop.admin.query<{ id: number }>(
    "select customer_id as id from customer limit 1000",
  );
  const products = await shop.admin.query<{ id: number }>("select product_id as id from product");
  await shop.admin.run("update product set available_quantity = 1000000");
  const before = await readUnits();
  const writer = openMariaDb(shop.mariadbUrl, { size: 20 });
  const committed: number[] = [];
  const ages: number[] = [];
  let isOver = false;
  const watch = (async () => {
    while (!isOver || ages.length < committed.length) {
      const seen = (await readUnits()) - before;
      const now = performance.now();
      // As many sales as are seen were committed first.
      while (ages.length < Math.min(seen, committed.length)) ages.push(now - (committed[ages.length] ?? now));
      // To look is work for the servers too.
      await sleep(100);
    }
  })();
  const started = performance.now();
  const running: Promise<unknown>[] = [];
  for (let index = 0; index < RATE * SECONDS; index += 1) {
    const due = started + (index * 1000) / RATE;
    if (due > performance.now()) await sleep(due - performance.now());
    const customer = customers[index % customers.length]?.id;
    const lines = JSON.stringify([{ productId: products[index % products.length]?.id, quantity: 1 }]);
    running.push(
      writer.query("call record_sale(?, ?)", [customer, lines]).then(() => committed.push(performance.now())),
    );
  }
  await Promise.all(running);
  const reached = committed.length / ((performance.now() - started) / 1000);
  isOver = true;
  await watch;
  await writer.close();
  context.print(
    `\nA sale of today in the roll-up of its month, ${reached.toFixed(0)} sales per second (target ≤ 2 s)`,
  );
  const sorted = ages.toSorted((one, other) => one - other);
  const at = (share: number) => percentile(sorted, share).toFixed(0);
  context.print(
    `  commit → visible: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${sorted.at(-1)?.toFixed(0)} ms`,
  );
}
