import { setTimeout as sleep } from "node:timers/promises";
import { CUSTOMERS } from "./choose-write.ts";
import type { FaultShop } from "./fault-shop.ts";
import type { Strike } from "./loader-process.ts";
import { createRandom } from "./random.ts";
import { type CycleResult, inspectShop } from "./run-faults.ts";
import { type Sabotage, sabotages } from "./sabotage.ts";

/** Where a sabotaged loader is stopped, so that the step left out is missed. */
const moments: Readonly<Record<Sabotage, Pick<Strike, "step" | "when" | "model"> | null>> = {
  // It has documents of the past in its hand.
  "last write wins": { step: "write documents", when: "before" },
  // Orders, because terminals delete only those.
  "hard delete": { step: "write documents", when: "before", model: "order_details" },
  // It has a number, and opens its snapshot when others have long had larger ones.
  "no held lock": { step: "raise position", when: "after" },
  // A transaction that commits after later ones is enough.
  watermark: null,
};

/** A situation needs luck too: it is tried so often, until something is wrong. */
const ATTEMPTS = 10;

/** A negative control, with as much luck as it needs: see attempt. */
export async function runControl(shop: FaultShop, sabotage: Sabotage, seed: number): Promise<CycleResult> {
  let result = await attempt(shop, sabotage, seed);
  for (let more = 1; more < ATTEMPTS && result.wrong.length === 0; more++)
    result = await attempt(shop, sabotage, seed + more * 1000);
  return result;
}

/**
 * Three loaders (or one that nobody helps), each with one step of the protocol left out, in a situation that the
 * whole protocol survives. What the comparator finds is the reason for that step. Leaves a right mirror.
 */
async function attempt(shop: FaultShop, sabotage: Sabotage, seed: number): Promise<CycleResult> {
  const random = createRandom(seed);
  const before = shop.ledger.acknowledged;
  await shop.stopLoaders();
  const victim = await shop.startLoader(sabotage);
  // What one has passed another would still find.
  const others =
    sabotage === "watermark" ? [] : [await shop.startLoader(sabotage), await shop.startLoader(sabotage)];
  const writers = shop.startWriters(seed);
  await sleep(300);
  const moment = moments[sabotage];
  let what: string | null = sabotages[sabotage];
  if (moment) {
    // Its first positions are for looks around at its start.
    const first = sabotage === "no held lock" ? 8 : 1;
    const strike: Strike = { ...moment, count: random.between(first, first + 3), signal: "SIGSTOP" };
    victim.order({ type: "strike", strike });
    what = (await victim.struck(5000)) ? `${moment.when} ${moment.step}` : null;
  }
  const inFlight = await shop.look();
  // Long enough for terminals to change or delete what it has in its hand.
  await sleep(random.between(1200, 2000));
  if (sabotage === "watermark") await commitLate(shop, seed);
  if (sabotage === "no held lock") {
    await writers.stop();
    // Every customer gets a version above the number that it holds, by the others, who then go.
    await shop.query(`update customer set address1 = concat(customer_id, ' Side St ${seed}')`);
    await shop.drained(10_000);
    await Promise.all(others.map((other) => other.kill()));
    // The last change of all, and small: it is resolved and read under the old number, refused, and acknowledged.
    await shop.query(`update customer set address1 = 'Last St ${seed}' where customer_id <= 5`);
    victim.signal("SIGCONT");
  }
  await writers.stop();
  const started = Date.now();
  const isRecovered = await shop.drained(10_000);
  const recoveryMs = Date.now() - started;
  victim.signal("SIGCONT");
  await sleep(600);
  const findings = await inspectShop(shop);
  await mend(shop);
  const acknowledged = shop.ledger.acknowledged - before;
  return {
    kind: sabotage,
    seed,
    blow: what === null ? null : { what, inFlight },
    isRecovered,
    acknowledged,
    recoveryMs,
    ...findings,
  };
}

/** A change whose id is given long before it commits, while terminals go on: the loader has seen later ones by then. */
async function commitLate(shop: FaultShop, seed: number): Promise<void> {
  await shop.query(
    `start transaction;
    update customer set address1 = 'Slow St ${seed}' where customer_id = ${CUSTOMERS};
    do sleep(0.6);
    commit`,
  );
}

async function mend(shop: FaultShop): Promise<void> {
  await shop.stopLoaders();
  await shop.query(
    "update vitrine_state set rebuild_status = 'needed', rebuild_from = null, rebuild_cursor = null",
  );
  await shop.startLoader();
  if (!(await shop.drained(60_000))) throw new Error("The mirror was not mended after a control.");
  const { wrong, lost } = await inspectShop(shop);
  if (wrong.length + lost.length > 0)
    throw new Error(`A rebuild left ${[...wrong, ...lost].slice(0, 3).join("\n")}`);
}
