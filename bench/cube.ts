import { Long } from "mongodb";
import { sales } from "../src/domains/pos/models/sales.ts";
import { bsonCodecOf } from "../src/stores/conversion/document-codec.ts";
import type { CubeQuery } from "../src/stores/cube-store.ts";
import { createLiveStore } from "../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../src/stores/mongodb/mirror-store.ts";
import { prepareCollection } from "../src/stores/mongodb/prepare-collection.ts";
import { type BenchContext, printRatios } from "./bench-context.ts";
import { measureInTurns, type Way } from "./measure-in-turns.ts";
import { measureRollUps } from "./roll-ups.ts";
import { type BenchShop, withShop } from "./with-shop.ts";

const inTexas = { kind: "compare", field: "state", operator: "eq", value: "TX" } as const;
const base: CubeQuery = {
  sets: [[]],
  measures: [],
  where: null,
  having: null,
  orderBy: [],
  limit: 10_000,
  withTies: false,
};
const lines = `orderline l join \`order\` o on o.order_id = l.order_id
  join customer c on c.customer_id = o.customer_id join city t on t.zip = c.zip`;

/** Questions as cube queries, and as somebody would write them in SQL over the tables. */
const questions: readonly { readonly title: string; readonly query: CubeQuery; readonly sql: string }[] = [
  {
    title: "revenue by state",
    query: { ...base, sets: [["state"]], measures: ["revenue"] },
    sql: `select t.state, sum(l.line_total) from ${lines} where o.status <> 'cancelled'
      group by t.state order by t.state`,
  },
  {
    title: "revenue and distinct orders by month",
    query: { ...base, sets: [["placedOnMonth"]], measures: ["revenue", "orders"] },
    sql: `select date_format(o.date_placed, '%Y-%m'), sum(l.line_total), count(distinct o.order_id)
      from orderline l join \`order\` o on o.order_id = l.order_id where o.status <> 'cancelled' group by 1 order by 1`,
  },
  {
    title: "distinct orders and customers by state",
    query: { ...base, sets: [["state"]], measures: ["orders", "customers"] },
    sql: `select t.state, count(distinct o.order_id), count(distinct o.customer_id) from ${lines}
      where o.status <> 'cancelled' group by t.state order by t.state`,
  },
  {
    title: "top ten products of one state",
    query: {
      ...base,
      sets: [["productId"]],
      measures: ["revenue"],
      where: inTexas,
      orderBy: [{ field: "revenue", direction: "desc" }],
      limit: 10,
    },
    sql: `select l.product_id, sum(l.line_total) as revenue from ${lines}
      where t.state = 'TX' and o.status <> 'cancelled' group by l.product_id order by revenue desc, l.product_id limit 10`,
  },
  {
    title: "booked revenue, roll-up by state and status",
    query: { ...base, sets: [["state", "status"], ["state"], []], measures: ["bookedRevenue"] },
    sql: `select t.state, o.status, sum(l.line_total) from ${lines} group by t.state, o.status with rollup`,
  },
];

/** What a cube answer costs from either store, beside hand-written SQL of the same question and what cannot be undercut. */
export const run = (context: BenchContext): Promise<void> => {
  const scale = context.scale ?? 10;
  return withShop(context, scale, async (shop) => {
    const facts = await fillFacts(shop);
    const stores = [createLiveStore(shop.admin), createMirrorStore(shop.mongo)];
    const about = `${facts.toLocaleString("en")} facts, scale ${scale}`;
    printRatios(context, `Floors over ${about}`, tables, await measureInTurns(floorsOf(shop)));
    for (const { title, query, sql } of questions) {
      const ways = [
        { what: hand, work: () => shop.admin.query(sql) },
        ...stores.map((store) => ({
          what: `ours, ${store.name}`,
          work: () => store.aggregate(sales, query),
        })),
      ];
      printRatios(context, `Cube over ${about}: ${title}`, hand, await measureInTurns(ways));
    }
    await shop.mongo.db.collection(sales.name).drop();
    await measureRollUps(context, shop, about);
  });
};

const hand = "hand-written SQL over the tables";
const tables = "MariaDB: count and sum over the table of lines";

/** Reading every fact once and doing next to nothing with it: no answer about all facts can be faster. */
function floorsOf({ admin, mongo }: BenchShop): readonly Way[] {
  const collection = mongo.db.collection(sales.name);
  const one = (stage: object) => () => collection.aggregate([stage]).toArray();
  return [
    { what: tables, work: () => admin.query("select count(*), sum(line_total) from orderline") },
    {
      what: "MariaDB: the same over the view of the facts",
      work: () => admin.query("select count(*), sum(revenue) from sales"),
    },
    { what: "MongoDB: $count", work: one({ $count: "n" }) },
    { what: "MongoDB: $group of all, $sum: 1", work: one({ $group: { _id: null, n: { $sum: 1 } } }) },
    {
      what: "MongoDB: $group of all, $sum of revenue",
      work: one({ $group: { _id: null, n: { $sum: "$revenue" } } }),
    },
  ];
}

async function fillFacts({ admin, mongo }: BenchShop): Promise<number> {
  const { toBson, toId } = bsonCodecOf(sales);
  await prepareCollection(mongo, sales);
  const collection = mongo.db.collection(sales.name);
  let facts = 0;
  let batch: object[] = [];
  const write = async () => {
    if (batch.length > 0) await collection.insertMany(batch);
    batch = [];
  };
  for await (const fact of createLiveStore(admin).stream(sales, null)) {
    batch.push({ ...toBson(fact), _id: toId(String(fact.saleId)), _v: Long.ONE, _h: "" });
    facts += 1;
    if (batch.length === 1000) await write();
  }
  await write();
  return facts;
}
