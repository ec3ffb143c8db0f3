import { setTimeout as sleep } from "node:timers/promises";
import { createRandom, type Random } from "../faults/random.ts";
import { findMissingGalera } from "../support/galera-cluster.ts";
import type { GaleraNode } from "../support/galera-node.ts";
import type { Drill, DrillContext, DrillOutcome } from "./drill.ts";
import { type GaleraShop, type GaleraShopOptions, openGaleraShop } from "./galera-shop.ts";
import { withParts } from "./open-parts.ts";
import { toOutcome } from "./to-outcome.ts";

/** What is done to a shop on three nodes while terminals write. */
export interface GaleraFault {
  readonly name: string;
  readonly fault: string;
  /** Default: `Galera of three`. */
  readonly topology?: string;
  /** What this machine lacks beside Galera. */
  readonly missing?: () => string | null;
  /** Promised, in milliseconds. */
  readonly withinMs?: number;
  /** Terminals write to all nodes; default: to the loader's. */
  readonly isSpread?: boolean;
  /** The nodes, and whether a loader is there before the strike; default: three, and there is. */
  readonly opens?: GaleraShopOptions;
  /** Returns milliseconds of recovery, the node that is asked at the end, and what else was measured. */
  strike(shop: GaleraShop, random: Random): Promise<GaleraBlow>;
}

/** What came of a strike. */
export interface GaleraBlow {
  readonly recoverMs: number;
  readonly judge: GaleraNode;
  readonly notes?: readonly string[];
  /** Promises that were broken, a sentence each: they count as documents that are wrong. */
  readonly broken?: readonly string[];
}

/** The drill of such a fault: strikes while four terminals write, waits until all is mirrored, and compares everything. */
export function toGaleraDrill(told: GaleraFault): Drill {
  const { name, fault, topology = "Galera of three", missing, withinMs } = told;
  return {
    ...{ name: `Galera: ${name}`, topology, fault },
    ...(withinMs !== undefined && { withinMs }),
    missing: () => findMissingGalera() ?? missing?.() ?? null,
    run: (context) => runGaleraDrill(context, told),
  };
}

const runGaleraDrill = (
  { seed, signal }: DrillContext,
  { isSpread = false, opens, strike }: GaleraFault,
): Promise<DrillOutcome> =>
  withParts(signal, async (atEnd) => {
    const shop = await openGaleraShop(opens);
    atEnd(() => shop.close());
    return strikeShop(shop, { seed, isSpread, strike });
  });

interface Blow extends Pick<GaleraFault, "strike"> {
  readonly seed: number;
  readonly isSpread: boolean;
}

/** The fault and all that follows, on a shop that stays open. */
export async function strikeShop(shop: GaleraShop, { seed, isSpread, strike }: Blow): Promise<DrillOutcome> {
  const random = createRandom(seed);
  const before = shop.ledger.acknowledged;
  const writers = shop.startWriters(seed, isSpread ? shop.spread : shop.failover);
  let blow: GaleraBlow;
  try {
    await sleep(random.between(500, 1500));
    blow = await strike(shop, random);
    await sleep(random.between(500, 1000));
  } finally {
    await writers.stop();
  }
  const { recoverMs, judge, notes = [], broken = [] } = blow;
  const started = Date.now();
  await shop.drained(judge);
  const drainMs = Date.now() - started;
  const found = await shop.inspect(judge);
  return toOutcome({ ...found, defects: [...broken, ...found.defects] }, recoverMs, [
    `${shop.ledger.acknowledged - before} writes acknowledged; all mirrored ${(drainMs / 1000).toFixed(1)} s after the last.`,
    ...notes,
  ]);
}
