import { setTimeout as sleep } from "node:timers/promises";
import type { FaultShop } from "./fault-shop.ts";
import type { Strike } from "./loader-process.ts";
import { createRandom } from "./random.ts";
import { type CycleResult, inspectShop } from "./run-faults.ts";
import type { Sabotage } from "./sabotage.ts";

/** Where a sabotaged loader is stopped, so that the step left out is missed. */
const moments: Readonly<Record<Sabotage, Pick<Strike, "step" | "when"> | null>> = {
  // It has documents of the past in its hand.
  "last write wins": { step: "write documents", when: "before" },
  "hard delete": { step: "write documents", when: "before" },
  // It has a number, and the snapshot that it opens later belongs to another.
  "no held lock": { step: "raise position", when: "after" },
  // Transactions that commit after later ones are enough.
  watermark: null,
};

/**
 * A negative control: three loaders, each with one step of the protocol left out, in a situation that the
 * whole protocol survives. What the comparator finds is the reason for that step. Leaves a right mirror.
 */
export async function runControl(shop: FaultShop, sabotage: Sabotage, seed: number): Promise<CycleResult> {
  const random = createRandom(seed);
  const before = shop.ledger.acknowledged;
  await shop.stopLoaders();
  const victim = await shop.startLoader(sabotage);
  const others = [await shop.startLoader(sabotage), await shop.startLoader(sabotage)];
  const writers = shop.startWriters(seed);
  await sleep(300);
  const moment = moments[sabotage];
  let what: string | null = "slow transactions";
  if (moment) {
    const strike: Strike = { ...moment, count: random.between(1, 4), signal: "SIGSTOP" };
    victim.order({ type: "strike", strike });
    what = (await victim.struck(5000)) ? `${moment.when} ${moment.step}` : null;
  }
  const inFlight = await shop.look();
  await sleep(random.between(300, 900));
  if (sabotage === "no held lock") {
    // It alone goes on from here, so it acknowledges what it has read under the wrong number.
    await Promise.all(others.map((other) => other.kill()));
    await sleep(150);
    victim.signal("SIGCONT");
    await sleep(50);
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

async function mend(shop: FaultShop): Promise<void> {
  await shop.stopLoaders();
  await shop.query(
    "update mirror_state set rebuild_status = 'needed', rebuild_from = null, rebuild_cursor = null",
  );
  await shop.startLoader();
  if (!(await shop.drained(60_000))) throw new Error("The mirror was not mended after a control.");
  const { wrong, lost } = await inspectShop(shop);
  if (wrong.length + lost.length > 0)
    throw new Error(`A rebuild left ${[...wrong, ...lost].slice(0, 3).join("\n")}`);
}
