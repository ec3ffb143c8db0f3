import { Long } from "mongodb";
import { sales } from "../src/models/pos/sales.ts";
import { bsonCodecOf } from "../src/stores/conversion/document-codec.ts";
import type { CubeQuery } from "../src/stores/cube-store.ts";
import { createLiveStore } from "../src/stores/mariadb/live-store.ts";
import { prepareCollection } from "../src/stores/mongodb/mirror-schema.ts";
import { createMirrorStore } from "../src/stores/mongodb/mirror-store.ts";
import { type BenchContext, median, printRatios } from "./bench-context.ts";
import { type BenchShop, time, withShop } from "./with-shop.ts";

const SCALE = 10;
const rounds = 3;

const notCancelled = { kind: "compare", field: "status", operator: "ne", value: "cancelled" } as const;
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
    sql: `select t.state, sum(l.line_total) from ${lines} group by t.state order by t.state`,
  },
  {
    title: "revenue and distinct orders by month",
    query: { ...base, sets: [["orderedOnMonth"]], measures: ["revenue", "orders"], where: notCancelled },
    sql: `select date_format(o.date_placed, '%Y-%m'), sum(l.line_total), count(distinct o.order_id)
      from orderline l join \`order\` o on o.order_id = l.order_id where o.status <> 'cancelled' group by 1 order by 1`,
  },
  {
    title: "distinct orders and customers by state",
    query: { ...base, sets: [["state"]], measures: ["orders", "customers"] },
    sql: `select t.state, count(distinct o.order_id), count(distinct o.customer_id) from ${lines} group by t.state order by t.state`,
  },
  {
    title: "top ten products of one state",
    query: {
      ...base,
      sets: [["product"]],
      measures: ["revenue"],
      where: { kind: "and", filters: [inTexas, notCancelled] },
      orderBy: [{ field: "revenue", direction: "desc" }],
      limit: 10,
    },
    sql: `select l.product_id, sum(l.line_total) as revenue from ${lines}
      where t.state = 'TX' and o.status <> 'cancelled' group by l.product_id order by revenue desc, l.product_id limit 10`,
  },
  {
    title: "roll-up by state and status",
    query: { ...base, sets: [["state", "status"], ["state"], []], measures: ["revenue"] },
    sql: `select t.state, o.status, sum(l.line_total) from ${lines} group by t.state, o.status with rollup`,
  },
];

/** What a cube answer costs from either store, beside hand-written SQL of the same question. */
export const run = (context: BenchContext): Promise<void> =>
  withShop(context, SCALE, async (shop) => {
    const facts = await fillFacts(shop);
    const stores = [createLiveStore(shop.admin), createMirrorStore(shop.mongo)];
    for (const { title, query, sql } of questions) {
      const hand = "hand-written SQL over the tables";
      const seconds = new Map<string, number[]>([hand, "live", "mirror"].map((what) => [what, []]));
      for (let round = 0; round < rounds; round += 1) {
        seconds.get(hand)?.push(await time(() => shop.admin.query(sql)));
        for (const store of stores)
          seconds.get(store.name)?.push(await time(() => store.aggregate(sales, query)));
      }
      const rows = [...seconds].map(([what, values]) => ({ what, seconds: median(values) }));
      printRatios(context, `Cube over ${facts.toLocaleString("en")} facts: ${title}`, hand, rows);
    }
  });

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
