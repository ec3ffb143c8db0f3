import { setTimeout as sleep } from "node:timers/promises";
import { compareShop } from "../support/comparator.ts";
import type { FaultKind } from "./fault-kind.ts";
import type { FaultShop } from "./fault-shop.ts";
import { createRandom } from "./random.ts";

/** What was found after one cycle. */
export interface CycleResult {
  readonly kind: string;
  readonly seed: number;
  /** What was done; null when the moment that the fault waits for did not come. */
  readonly struck: string | null;
  /** False when something was still on its way after two minutes. */
  readonly isRecovered: boolean;
  readonly acknowledged: number;
  readonly compared: number;
  readonly wrong: readonly string[];
  readonly lost: readonly string[];
  /** From the end of the fault and of all writing until nothing was on its way. */
  readonly recoveryMs: number;
}

const RECOVERY_MS = 120_000;

/**
 * One cycle: terminals write, something breaks, it is mended; the terminals stop and the loader drains. Then
 * two independent looks: the comparator (mirror against base tables), and the ledger of the terminals.
 */
export async function runCycle(shop: FaultShop, kind: FaultKind, seed: number): Promise<CycleResult> {
  const random = createRandom(seed);
  const before = shop.ledger.acknowledged;
  const writers = shop.startWriters(seed);
  let struck: string | null;
  try {
    await sleep(random.between(100, 300));
    struck = await kind.strike(shop, random);
    await shop.heal();
    await sleep(random.between(50, 200));
  } finally {
    await writers.stop();
  }
  const started = Date.now();
  if (shop.loaders().length === 0) await shop.startLoader();
  let isRecovered = await shop.drained(RECOVERY_MS);
  const recoveryMs = Date.now() - started;
  if (kind.afterwards) {
    await kind.afterwards(shop, random);
    isRecovered = (await shop.drained(RECOVERY_MS)) && isRecovered;
  }
  const look = await inspect(shop);
  await keepOneLoader(shop);
  const acknowledged = shop.ledger.acknowledged - before;
  return { kind: kind.name, seed, struck, isRecovered, acknowledged, recoveryMs, ...look };
}

/** What the comparator and the ledger say now. */
export async function inspect(shop: FaultShop): Promise<Pick<CycleResult, "wrong" | "lost" | "compared">> {
  const mariadbUrl = shop.servers.mariadbUrl("vitrine_admin");
  const mongodbUrl = shop.servers.mongodbUrl();
  const disagreements = await compareShop(mariadbUrl, mongodbUrl);
  const [row] = await shop.query<{ documents: string }>(
    `select (select count(*) from customer) + (select count(*) from product) + (select count(*) from \`order\`)
      as documents`,
  );
  return {
    wrong: disagreements.map((one) => JSON.stringify(one)),
    lost: await shop.ledger.findLost(mongodbUrl),
    compared: Number(row?.documents),
  };
}

/** The next cycle begins with one loader that nothing has been done to. */
async function keepOneLoader(shop: FaultShop): Promise<void> {
  const [first, ...others] = shop.loaders();
  first?.order({ type: "strike", strike: null });
  first?.order({ type: "clock", ms: 0 });
  await Promise.all(others.map((loader) => loader.kill()));
}

/** Kinds in the order in which they come: each as often as its weight says, mixed by the seed. */
export function planCycles(kinds: readonly FaultKind[], cycles: number, seed: number): readonly FaultKind[] {
  const random = createRandom(seed);
  const total = kinds.reduce((sum, kind) => sum + kind.weight, 0);
  const due = kinds.map((kind) => ({ kind, share: (kind.weight * cycles) / total }));
  // Everybody once, then by what is left of the shares.
  const plan = due.map(({ kind }) => kind);
  while (plan.length < cycles) {
    const counts = new Map<FaultKind, number>();
    for (const kind of plan) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const neediest = due.reduce((a, b) =>
      b.share - (counts.get(b.kind) ?? 0) > a.share - (counts.get(a.kind) ?? 0) ? b : a,
    );
    plan.push(neediest.kind);
  }
  return plan
    .slice(0, Math.max(cycles, 0))
    .map((kind) => ({ kind, at: random.below(1_000_000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ kind }) => kind);
}
