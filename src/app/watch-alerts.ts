import { hostname } from "node:os";
import { endAlerts, noteTold, raiseAlerts, readRaisedAlerts, readUntoldAlerts } from "../core/alerts.ts";
import { holdLease, releaseLease } from "../core/lease.ts";
import type { Logger } from "../log.ts";
import { createFailureLog } from "../mirror/log-failures.ts";
import { pause } from "../mirror/wake-up.ts";
import { compareAlerts, findConditions, type Look } from "../monitor/find-conditions.ts";
import { type AlertEvent, type TellReceiver, type Told, toEvent } from "../monitor/send-alert.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";

const LEASE = "alerts";
/** Longer than a receiver may hang. */
const LEASE_SECONDS = 30;
/** Who is stopped waits so long for an answer that is under way: it would be told again. */
const GRACE_MS = 2000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 300_000;

export interface AlertOptions {
  /** May write the engine's tables. */
  readonly db: MariaDb;
  readonly logger: Logger;
  readonly look: () => Promise<Look>;
  readonly tell: TellReceiver;
  /** Default: 5,000. */
  readonly lookMs?: number;
}

/** How long to wait after so many failures in a row. */
export const retryPauseMs = (failures: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);

/**
 * Raises an alert for each thing that is wrong, once, and tells its receiver; once more when it is over. What was told is kept in the
 * database, so that neither a restart nor another node tells it again: of all who watch, one does. A receiver that is away
 * is tried again, at longer and longer intervals, until it takes what it missed, in order. Ends when the signal is aborted.
 */
export async function watchAlerts(options: AlertOptions, signal: AbortSignal): Promise<void> {
  const { db, logger, lookMs = 5000 } = options;
  const holder = `${hostname()}:${process.pid}:${crypto.randomUUID()}`;
  const hold = () => holdLease(db, LEASE, holder, LEASE_SECONDS);
  const log = createFailureLog(logger);
  let failures = 0;
  let retryAt = 0;
  while (!signal.aborted) {
    try {
      if (await hold()) {
        await compareWithNow(options);
        if (Date.now() >= retryAt) {
          const isAway = await tellAll(options, hold, signal);
          failures = isAway ? failures + 1 : 0;
          retryAt = isAway ? Date.now() + retryPauseMs(failures) : 0;
        }
      }
      log.works("alerts", "MariaDB");
    } catch (error) {
      log.failed("alerts", error);
    }
    const untilRetry = retryAt === 0 ? lookMs : Math.max(retryAt - Date.now(), 0);
    await pause(Math.min(untilRetry, lookMs), signal);
  }
  await releaseLease(db, LEASE, holder).catch(() => undefined);
}

async function compareWithNow({ db, look }: AlertOptions): Promise<void> {
  const raised = await readRaisedAlerts(db);
  const { raise, over } = compareAlerts(raised, findConditions(await look(), raised));
  await raiseAlerts(db, raise);
  await endAlerts(db, over);
}

/** Tells what the receiver does not know; true when it did not take all of it. */
async function tellAll(
  { db, logger, tell }: AlertOptions,
  hold: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  const late = new AbortController();
  const expire = () => void setTimeout(() => late.abort(), GRACE_MS).unref();
  signal.addEventListener("abort", expire, { once: true });
  try {
    return await tellEach({ db, logger, tell: (event) => tell(event, late.signal) }, hold, signal);
  } finally {
    signal.removeEventListener("abort", expire);
  }
}

async function tellEach(
  {
    db,
    logger,
    tell,
  }: Pick<AlertOptions, "db" | "logger"> & { readonly tell: (event: AlertEvent) => Promise<Told> },
  hold: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  let isLacking = false;
  for (const alert of await readUntoldAlerts(db)) {
    // Another node goes on where this one stalled.
    if (signal.aborted || !(await hold())) return false;
    const event = toEvent(alert, db.database);
    const told = await tell(event);
    if (told.outcome === "taken") {
      await noteTold(db, alert.alertId, alert.isRaiseTold ? "over" : "raised");
      continue;
    }
    if (signal.aborted) return false;
    isLacking = true;
    logger.error({ alert: event.data, reason: told.reason }, "an alert was not taken, tries again");
    if (told.outcome === "away") break;
  }
  return isLacking;
}
