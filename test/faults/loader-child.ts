/** A loader in a process of its own, which can be struck at a step of a batch. Takes orders from its parent. */
import { writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { watchCapture } from "../../src/app/watch-capture.ts";
import { pos } from "../../src/domains/pos/index.ts";
import { createLogger } from "../../src/log.ts";
import { createLoader, loaderConnections } from "../../src/mirror/loader.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { shareHosts } from "../../src/stores/mariadb/share-hosts.ts";
import { openMongoDb } from "../../src/stores/mongodb/mongodb.ts";
import { faultModels, inShape } from "./fault-models.ts";
import type { Order, Strike } from "./loader-process.ts";
import { sabotageMariaDb, sabotageMongoDb } from "./sabotage.ts";
import { type OnStep, type Step, watchMariaDb, watchMongoDb } from "./steps.ts";

let strike: (Strike & { left: number }) | null = null;

/** Models of which a batch is between the two stores. */
const flying = new Set<string>();

const onStep: OnStep = (step, when, models) => {
  follow(step, when, models);
  if (strike?.step !== step || strike.when !== when) return;
  if (strike.model !== undefined && !models.includes(strike.model)) return;
  strike.left -= 1;
  if (strike.left > 0) return;
  const { signal } = strike;
  strike = null;
  // Without the loop of events, which may not turn any more.
  writeSync(1, `${flying.size}\n`);
  process.kill(process.pid, signal);
};

function follow(step: Step, when: "before" | "after", models: readonly string[]): void {
  const before = flying.size;
  const isWrite = step === "write documents" || step === "insert documents";
  for (const model of models)
    if (isWrite) flying.add(model);
    else if (when === "after") flying.delete(model);
  if (flying.size !== before) process.send?.({ flying: flying.size });
}

process.on("message", (order: Order) => {
  if (order.type === "strike") strike = order.strike && { ...order.strike, left: order.strike.count };
  else if (order.type === "clock") shiftClock(order.ms);
  else start(order);
});
process.on("disconnect", () => process.exit());
process.send?.({ flying: 0 });

function start(order: Extract<Order, { type: "start" }>): void {
  const { mariadbUrl, adminUrl, mongodbUrl, sabotage, adopts } = order;
  // Small batches, so that there are many; a pace that does not make up most of a cycle.
  const models = faultModels.map((model) => ({
    ...inShape(model, adopts ?? "own"),
    batch: 20,
    ...(model.every === undefined ? {} : { every: "250ms" }),
  }));
  const sqlDir = fileURLToPath(new URL("../../sql", import.meta.url));
  const mongo = openMongoDb(`${mongodbUrl}&monitorCommands=true`);
  watchMongoDb(mongo, onStep);
  const hosts = shareHosts();
  const pool = openMariaDb(mariadbUrl, { size: loaderConnections, ...hosts.of(mariadbUrl) });
  const admin = openMariaDb(adminUrl, { size: 1, ...hosts.of(adminUrl) });
  const loader = createLoader({
    db: watchMariaDb(sabotageMariaDb(pool, sabotage), onStep),
    mongo: sabotageMongoDb(mongo, sabotage),
    models,
    logger: createLogger("silent"),
    checkCapture: watchCapture({ admin, loader: pool, project: { domains: [pos], sqlDir } }),
    // The verifier's turn comes when a cycle is over, all at once.
    verifyShare: 0,
    adoptShapes: adopts !== null,
    onEvent: (event) => {
      if (event.type === "failed" && process.env.FAULTS_LOG)
        writeSync(2, `${process.pid} ${event.scope}: ${event.error}\n`);
    },
  });
  void loader.run(new AbortController().signal);
}

const RealDate = Date;

/** This process believes from now on that it is so much later than it is. */
function shiftClock(ms: number): void {
  globalThis.Date = class extends RealDate {
    constructor(...given: unknown[]) {
      // The constructor takes what Date takes; without arguments it is now.
      super(...((given.length === 0 ? [RealDate.now() + ms] : given) as [number]));
    }
    static override now = () => RealDate.now() + ms;
  } as DateConstructor;
}
