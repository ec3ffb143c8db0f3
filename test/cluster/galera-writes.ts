import { setTimeout as sleep } from "node:timers/promises";
import mysql from "mysql2/promise";
import { findMissingGalera, type GaleraCluster } from "../support/galera-cluster.ts";
import type { Drill, DrillContext, DrillOutcome } from "./drill.ts";
import { type GaleraFault, toGaleraDrill } from "./galera-drill.ts";
import { type GaleraShop, openGaleraShop, waitForPosition } from "./galera-shop.ts";
import { withParts } from "./open-parts.ts";
import { toOutcome } from "./to-outcome.ts";

const racingLoaders: GaleraFault = {
  name: "three loaders race through a balancer while all nodes are written to",
  fault: "connections of one loader on several nodes",
  isSpread: true,
  async strike(shop) {
    const byTurns: GaleraCluster["address"] = (account) => shop.cluster.url(shop.spread.port, account);
    await Promise.all([shop.startLoader(byTurns), shop.startLoader(byTurns)]);
    const since = Date.now();
    const judge = shop.current();
    const recoverMs = await waitForPosition(judge, since);
    await sleep(8000);
    return { recoverMs, judge };
  },
};

const tablesAltered: GaleraFault = {
  name: "tables are altered and rebuilt on another node while a loader runs",
  fault: "DDL by total order",
  isSpread: true,
  async strike(shop) {
    const judge = shop.current();
    const elsewhere = shop.other(judge);
    const since = Date.now();
    for (const statement of [
      "alter table `order` force",
      "create index drill_last_name on customer (last_name)",
      "optimize table orderline",
      "drop index drill_last_name on customer",
      "alter table product add column if not exists drill_remark varchar(20) null",
      "alter table product drop column drill_remark",
      "analyze table customer, product",
    ]) {
      await elsewhere.query(`set session system_versioning_alter_history = keep; ${statement}`);
      await sleep(300);
    }
    return { recoverMs: await waitForPosition(judge, since), judge, notes: [toCounted(since)] };
  },
};

const toCounted = (since: number): string =>
  `Seven statements took ${((Date.now() - since) / 1000).toFixed(1)} s; recovery is counted from the first.`;

/** What writers on three nodes meet. */
interface Load {
  commits: number;
  conflicts: number;
}

const ROUNDS = 4;
const ROUND_MS = 2500;
const WRITERS = 6;

const compareCapture = ({ signal, print }: DrillContext): Promise<DrillOutcome> =>
  withParts(signal, async (atEnd) => {
    // The mirror is made when all is written: half of the writes are not captured.
    const shop = await openGaleraShop({ loader: false });
    atEnd(() => shop.close());
    const notes: string[] = [];
    for (const [how, pauseMs] of [
      ["Without a pause", 0],
      ["With pauses of 20 ms", 20],
    ] as const) {
      const said = `${how}: ${await compareLoads(shop, pauseMs, signal)}`;
      print(said);
      notes.push(said);
    }
    const since = Date.now();
    await shop.startLoader();
    const judge = shop.current();
    const recoverMs = await waitForPosition(judge, since);
    await shop.drained(judge);
    return toOutcome(await shop.inspect(judge), recoverMs, notes);
  });

/** Writers on all nodes, by turns with and without capture: how many transactions lose against another node's, and how many commit. */
const captureCost: Drill = {
  name: "Galera: what capture adds to conflicts between nodes",
  topology: "Galera of three",
  fault: "certification failures, with and without capture",
  missing: findMissingGalera,
  run: compareCapture,
};

/** What writers say that pause so long after each transaction, in a sentence. */
async function compareLoads(shop: GaleraShop, pauseMs: number, signal: AbortSignal): Promise<string> {
  const captured: Load = { commits: 0, conflicts: 0 };
  const uncaptured: Load = { commits: 0, conflicts: 0 };
  for (let round = 0; round < ROUNDS * 2; round++) {
    signal.throwIfAborted();
    // With, without, without, with: what grows meanwhile is nobody's advantage.
    const isCaptured = round % 4 === 0 || round % 4 === 3;
    await write(shop, { isCaptured, pauseMs }, isCaptured ? captured : uncaptured);
  }
  const share = ({ commits, conflicts }: Load) => (100 * conflicts) / (commits + conflicts);
  const kept = (100 * captured.commits) / uncaptured.commits;
  return `conflicts ${share(captured).toFixed(1)} % of transactions with capture, ${share(uncaptured).toFixed(1)} % without; commits ${captured.commits} with, ${uncaptured.commits} without (${kept.toFixed(0)} %).`;
}

/** Each writer renames customers, which others rename too, in transactions of two statements. */
async function write(
  { cluster }: GaleraShop,
  { isCaptured, pauseMs }: { readonly isCaptured: boolean; readonly pauseMs: number },
  load: Load,
): Promise<void> {
  const until = Date.now() + ROUND_MS;
  const run = async (index: number) => {
    const node = cluster.nodes[index % cluster.nodes.length];
    const connection = await mysql.createConnection({
      uri: cluster.url(node?.port ?? 0).replace(/^mariadb:/, "mysql:"),
    });
    await connection.query("set @vitrine_uncaptured = ?", [isCaptured ? null : "customer,product"]);
    for (let turn = index; Date.now() < until; turn += 7)
      try {
        await connection.query("start transaction");
        await connection.query("update customer set last_name = ? where customer_id = ?", [
          `L${turn}`,
          1 + (turn % 40),
        ]);
        await connection.query("update product set name = ? where product_id = ?", [
          `N${turn}`,
          1 + ((turn * 11) % 30),
        ]);
        await connection.query("commit");
        load.commits += 1;
        await sleep(pauseMs);
      } catch (error) {
        if (!(error instanceof Error && "errno" in error && [1213, 1205].includes(Number(error.errno))))
          throw error;
        load.conflicts += 1;
        await connection.query("rollback");
      }
    await connection.end();
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, index) => run(index)));
}

/** Writers, loaders and changes of tables on all nodes at once. */
export const galeraWrites: readonly Drill[] = [
  ...[racingLoaders, tablesAltered].map(toGaleraDrill),
  captureCost,
];
