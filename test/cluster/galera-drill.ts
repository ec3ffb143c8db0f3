import { setTimeout as sleep } from "node:timers/promises";
import { createRandom, type Random } from "../faults/random.ts";
import { findMissingGalera } from "../support/galera-cluster.ts";
import type { GaleraNode } from "../support/galera-node.ts";
import type { Drill, DrillContext, DrillOutcome } from "./drill.ts";
import { type GaleraShop, openGaleraShop } from "./galera-shop.ts";

/** What is done to a shop on three nodes while terminals write. */
export interface GaleraFault {
  readonly name: string;
  readonly fault: string;
  /** Terminals write to all nodes; default: to the loader's. */
  readonly isSpread?: boolean;
  /** Returns milliseconds of recovery, the node that is asked at the end, and what else was measured. */
  strike(
    shop: GaleraShop,
    random: Random,
  ): Promise<{
    readonly recoverMs: number;
    readonly judge: GaleraNode;
    readonly notes?: readonly string[];
  }>;
}

/** The drill of such a fault: strikes while four terminals write, waits until all is mirrored, and compares everything. */
export function toGaleraDrill({ name, fault, isSpread = false, strike }: GaleraFault): Drill {
  return {
    name: `Galera: ${name}`,
    topology: "Galera of three",
    fault,
    missing: findMissingGalera,
    run: (context) => runGaleraDrill(context, isSpread, strike),
  };
}

async function runGaleraDrill(
  { seed, signal }: DrillContext,
  isSpread: boolean,
  strike: GaleraFault["strike"],
): Promise<DrillOutcome> {
  const shop = await openGaleraShop();
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  stopped.catch(() => undefined);
  try {
    signal.throwIfAborted();
    return await Promise.race([stopped, strikeShop(shop, { seed, isSpread, strike })]);
  } finally {
    await shop.close();
  }
}

interface Blow extends Pick<GaleraFault, "strike"> {
  readonly seed: number;
  readonly isSpread: boolean;
}

/** The fault and all that follows, on a shop that stays open. */
export async function strikeShop(shop: GaleraShop, { seed, isSpread, strike }: Blow): Promise<DrillOutcome> {
  const random = createRandom(seed);
  const before = shop.ledger.acknowledged;
  const writers = shop.startWriters(seed, isSpread ? shop.spread : shop.failover);
  let blow: Awaited<ReturnType<GaleraFault["strike"]>>;
  try {
    await sleep(random.between(500, 1500));
    blow = await strike(shop, random);
    await sleep(random.between(500, 1000));
  } finally {
    await writers.stop();
  }
  const { recoverMs, judge, notes = [] } = blow;
  const started = Date.now();
  await shop.drained(judge);
  const drainMs = Date.now() - started;
  const { compared, wrong, defects, lost } = await shop.inspect(judge);
  return {
    lost: lost.length,
    recoverMs,
    wrong: wrong.length + defects.length,
    documents: compared,
    notes: [
      `${shop.ledger.acknowledged - before} writes acknowledged; all mirrored ${(drainMs / 1000).toFixed(1)} s after the last.`,
      ...notes,
      ...[...wrong, ...defects, ...lost].slice(0, 5),
    ],
  };
}
