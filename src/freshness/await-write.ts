import { setTimeout as wait } from "node:timers/promises";
import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import { standingOf } from "../stores/mongodb/branches.ts";
import { whileWanted } from "../stores/time-limit.ts";
import type { FreshnessMeter } from "./freshness.ts";
import type { WriteToken } from "./write-token.ts";

/** The longest that a read waits for the mirror to catch up with a write; then it reads live. */
const PATIENCE_MS = 500;
const LONGEST_PAUSE_MS = 20;

/**
 * Refuses a token that the database gave in a time that was lost: a server took over that did not have it. What the database
 * cannot be asked about passes.
 * @throws VitrineError WRITE_LOST
 */
export async function requireNotLost(
  meter: FreshnessMeter,
  model: DocumentModel,
  token: WriteToken,
): Promise<void> {
  if (standingOf(token, await meter.of(model)) === "lost") throw writeLost();
}

const writeLost = () =>
  new VitrineError(
    "WRITE_LOST",
    "afterWrite: the server that took this write, or gave its token, was lost before another had it, and the database goes on from before. Look whether the write is there; if not, make it again.",
  );

/**
 * Waits until the mirror of a model shows a write, for a bounded time.
 * @returns false when it does not in time, when MariaDB cannot be asked, for a token of another life of the database,
 * and while documents of the model are rejected: the write may be one of those
 * @throws VitrineError WRITE_LOST; the reason of `signal` as soon as that is aborted
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
    const standing = standingOf(token, freshness);
    if (standing === "lost") throw writeLost();
    if (standing === "unknown") return false;
    if (freshness.position >= token.n) return freshness.isWhole;
    if (performance.now() - start + pause > patienceMs) return false;
    await whileWanted(wait(pause), signal);
  }
}
