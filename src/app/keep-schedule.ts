import { hostname } from "node:os";
import { holdLease, prolongLease, releaseLease } from "../core/lease.ts";
import { hasRunOf } from "../core/read-runs.ts";
import { noteHandled, openSchedule } from "../core/schedules.ts";
import type { Logger } from "../log.ts";
import { createFailureLog } from "../mirror/log-failures.ts";
import { pause } from "../mirror/wake-up.ts";
import { nextMoment, type Schedule } from "../models/schedule.ts";
import { toArguments } from "../models/scheduled-work.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";

/** How a command line of `vitrine` ended. */
export interface EndedVerb {
  readonly exitCode: number;
  /** Host and process that ran it, as the run log has it. */
  readonly node: string;
}

/** Runs a command line of `vitrine` until it ends. Stops it when `signal` is aborted, and waits for that. */
export type RunVerb = (args: readonly string[], signal: AbortSignal) => Promise<EndedVerb>;

export interface KeepOptions {
  /** May write the engine's tables. */
  readonly db: MariaDb;
  readonly logger: Logger;
  readonly runVerb: RunVerb;
  /** A node that is gone delays the next by so long. Default: 60. */
  readonly leaseSeconds?: number;
  /** How often to look at least, since another node may have run it. Default: 15,000. */
  readonly lookMs?: number;
}

/** How long to wait after a failure, and while another node runs it. */
const AGAIN_MS = 2000;

/**
 * Runs a schedule's work whenever it is due, until the signal is aborted: on one node at a time, never while a run of it goes on, and
 * once for all moments that were missed. A run that was cut off by the end of its process is one that was missed.
 */
export async function keepSchedule(
  name: string,
  schedule: Schedule,
  options: KeepOptions,
  signal: AbortSignal,
): Promise<void> {
  const { db, logger, lookMs = 15_000 } = options;
  const holder = `${hostname()}:${process.pid}:${crypto.randomUUID()}`;
  const log = createFailureLog(logger);
  while (!signal.aborted)
    try {
      const { handledAt } = await openSchedule(db, name);
      const due = nextMoment(schedule, handledAt);
      const wait = due === null ? lookMs : due.getTime() - Date.now();
      if (wait > 0) await pause(Math.min(wait, lookMs), signal);
      else if (!(await runAlone(name, schedule, { ...options, holder }, signal)))
        await pause(AGAIN_MS, signal);
      log.works(`schedule ${name}`, "MariaDB");
    } catch (error) {
      log.failed(`schedule ${name}`, error);
      await pause(AGAIN_MS, signal);
    }
}

/** Runs what is due under the schedule's lease; false when another node holds that. */
async function runAlone(
  name: string,
  schedule: Schedule,
  { db, logger, runVerb, holder, leaseSeconds = 60 }: KeepOptions & { readonly holder: string },
  signal: AbortSignal,
): Promise<boolean> {
  const lease = `schedule:${name}`;
  if (!(await holdLease(db, lease, holder, leaseSeconds))) return false;
  const kept = keepLease(() => prolongLease(db, lease, holder, leaseSeconds), leaseSeconds);
  try {
    const until = new Date();
    const { handledAt } = await openSchedule(db, name);
    const due = nextMoment(schedule, handledAt);
    // Another node has run it before the lease came here.
    if (due === null || due > until) return true;
    const stop = AbortSignal.any([signal, kept.lost]);
    logger.info({ schedule: name, due: due.toISOString() }, "a schedule is due");
    const { exitCode, node } = await runVerb(toArguments(schedule.run), stop);
    if (stop.aborted) return true;
    await noteHandled(db, name, { until, exitCode, isLogged: await hasRunOf(db, node, until) });
    if (exitCode !== 0) logger.error({ schedule: name, exitCode }, "what a schedule ran has failed");
    return true;
  } finally {
    kept.end();
    await releaseLease(db, lease, holder);
  }
}

/**
 * Prolongs a lease four times as often as needed, until `end`. `lost` is aborted when it is another's, and when it could not be
 * prolonged for three of its quarters: then it soon may be, and the database cannot be asked.
 * @param prolong false when it is another's
 */
function keepLease(
  prolong: () => Promise<boolean>,
  leaseSeconds: number,
): { readonly lost: AbortSignal; readonly end: () => void } {
  const lost = new AbortController();
  let prolongedAt = performance.now();
  const expire = () => setTimeout(() => lost.abort(), prolongedAt + leaseSeconds * 750 - performance.now());
  let isEnded = false;
  let expiry = expire();
  const pulse = setInterval(() => {
    const asked = performance.now();
    prolong().then(
      (isHeld) => {
        if (isEnded) return;
        if (!isHeld) return lost.abort();
        // Of answers that come out of turn the latest question counts.
        prolongedAt = Math.max(prolongedAt, asked);
        clearTimeout(expiry);
        expiry = expire();
      },
      () => {},
    );
  }, leaseSeconds * 250);
  const end = () => {
    isEnded = true;
    clearInterval(pulse);
    clearTimeout(expiry);
  };
  return { lost: lost.signal, end };
}
