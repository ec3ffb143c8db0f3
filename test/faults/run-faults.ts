import { setTimeout as sleep } from "node:timers/promises";
import type { Blow, FaultKind } from "./fault-kind.ts";
import { faultModels } from "./fault-models.ts";
import type { FaultShop } from "./fault-shop.ts";
import { type Findings, inspect } from "./inspect.ts";
import { createRandom } from "./random.ts";

/** What was found after one cycle. */
export interface CycleResult extends Findings {
  readonly kind: string;
  readonly seed: number;
  /** What was done; null when the moment that the fault waits for did not come. */
  readonly blow: Blow | null;
  /** False when something was still on its way after two minutes. */
  readonly isRecovered: boolean;
  readonly acknowledged: number;
  /** From the end of the fault and of all writing until nothing was on its way. */
  readonly recoveryMs: number;
}

const RECOVERY_MS = 120_000;

/**
 * One cycle: terminals write, something breaks, it is mended; the terminals stop and the loader drains. Then
 * three looks: the comparator (mirror against base tables), `verify --deep`, and the ledger of the terminals.
 */
export async function runCycle(shop: FaultShop, kind: FaultKind, seed: number): Promise<CycleResult> {
  const random = createRandom(seed);
  if (!shop.loaders().every((loader) => loader.isRunning()))
    throw new Error("The cycle before has left a loader that stands still.");
  const before = shop.ledger.acknowledged;
  const writers = shop.startWriters(seed);
  let blow: Blow | null;
  try {
    await sleep(random.between(100, 300));
    blow = await kind.strike(shop, random);
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
  const findings = await inspectShop(shop);
  await keepOneLoader(shop);
  const acknowledged = shop.ledger.acknowledged - before;
  return { kind: kind.name, seed, blow, isRecovered, acknowledged, recoveryMs, ...findings };
}

/** What is to be found in this shop now. */
export function inspectShop({ servers, ledger }: FaultShop): Promise<Findings> {
  const urls = { mariadb: servers.mariadbUrl("vitrine_admin"), mongodb: servers.mongodbUrl() };
  const names = faultModels.map((model) => model.name);
  return inspect(urls, ledger, faultModels, names);
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
