import { createHash, randomUUID } from "node:crypto";
import { holdLease, releaseLease } from "../core/lease.ts";
import type { DocumentModel } from "../models/model.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { shapeHash } from "../stores/mongodb/mirror-schema.ts";
import { pause } from "./wake-up.ts";

/** A holder that is killed or stalls delays the next one by no more than this and one poll. */
const LEASE_SECONDS = 4;
const RENEW_MS = 1000;
const POLL_MS = 500;

export interface LeadershipOptions {
  readonly db: MariaDb;
  readonly models: readonly DocumentModel[];
  /** Called when the lease could not be asked for; it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Runs `work` while this loader holds the lease, again and again until the signal is aborted: of several loaders
 * with the same models one works and the others stand by. It is a courtesy against double work and nothing else:
 * two loaders that both believe to hold it (one stalled, or its clock is wrong) do no harm, since the position
 * and the guard of each write decide. By the database's clock.
 */
export async function runAsLeader(
  { db, models, onFailure }: LeadershipOptions,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const name = leaseName(models);
  const holder = randomUUID();
  const ask = () =>
    holdLease(db, name, holder, LEASE_SECONDS).catch((error: unknown) => {
      onFailure(error);
      return undefined;
    });
  while (!signal.aborted) {
    if (!(await ask())) {
      await pause(POLL_MS, signal);
      continue;
    }
    const leading = new AbortController();
    const working = work(AbortSignal.any([signal, leading.signal]));
    while (!signal.aborted) {
      await pause(RENEW_MS, signal);
      // While the database is away the work goes on trying by itself; who comes back first has the lease.
      if ((await ask()) === false) break;
    }
    leading.abort();
    await working;
    if (signal.aborted) await releaseLease(db, name, holder).catch(onFailure);
  }
}

/** Loaders with other models, or other shapes of them, do not do the same work: theirs is another lease. */
function leaseName(models: readonly DocumentModel[]): string {
  const shapes = models.map((model) => `${model.name} ${shapeHash(model)}`).sort();
  return `mirror:${createHash("sha256").update(shapes.join("\n")).digest("hex").slice(0, 16)}`;
}
