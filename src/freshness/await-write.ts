import { setTimeout as wait } from "node:timers/promises";
import type { DocumentModel } from "../models/model.ts";
import { whileWanted } from "../stores/time-limit.ts";
import type { FreshnessMeter } from "./freshness.ts";
import type { WriteToken } from "./write-token.ts";

/** The longest that a read waits for the mirror to catch up with a write; then it reads live. */
const PATIENCE_MS = 500;
const LONGEST_PAUSE_MS = 20;

/**
 * Waits until the mirror of a model shows a write, for a bounded time.
 * @returns false when it does not in time, when MariaDB cannot be asked, for a token of another life of the database,
 * and while documents of the model are rejected: the write may be one of those
 * @throws the reason of `signal` as soon as that is aborted
 */
export async function awaitWrite(
  meter: FreshnessMeter,
  model: DocumentModel,
  token: WriteToken,
  { patienceMs = PATIENCE_MS, signal }: { readonly patienceMs?: number; readonly signal?: AbortSignal } = {},
): Promise<boolean> {
  const start = performance.now();
  for (let pause = 2; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted();
    const freshness = await whileWanted(meter.of(model, 0), signal);
    if (!freshness.isCurrent || freshness.unusable !== null) return false;
    if (freshness.incarnation !== token.incarnation) return false;
    if (freshness.position >= token.n) return freshness.isWhole;
    if (performance.now() - start + pause > patienceMs) return false;
    await whileWanted(wait(pause), signal);
  }
}
