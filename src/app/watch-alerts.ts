import { hostname } from "node:os";
import { type Alert, endAlerts, raiseAlerts, readRaisedAlerts } from "../core/alerts.ts";
import { holdLease, releaseLease } from "../core/lease.ts";
import type { Logger } from "../log.ts";
import { createFailureLog } from "../mirror/log-failures.ts";
import { pause } from "../mirror/wake-up.ts";
import { compareAlerts, findConditions, type Look } from "../monitor/find-conditions.ts";
import type { TellReceiver } from "../monitor/send-alert.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { createTeller } from "./tell-alerts.ts";

const LEASE = "alerts";
/** Longer than a receiver may hang. */
const LEASE_SECONDS = 30;

export interface AlertOptions {
  /** May write the engine's tables. */
  readonly db: MariaDb;
  readonly logger: Logger;
  /** `raised`: alerts that go on. */
  readonly look: (raised: readonly Alert[]) => Promise<Look>;
  readonly tell: TellReceiver;
  /** Default: 5,000. */
  readonly lookMs?: number;
}

/**
 * Raises an alert for each thing that is wrong, once, and tells its receiver; once more when it is over. What was told is kept in the
 * database, so that neither a restart nor another node tells it again: of all who watch, one does. What cannot be judged
 * just now keeps nobody from being told what was. Ends when the signal is aborted.
 */
export async function watchAlerts(options: AlertOptions, signal: AbortSignal): Promise<void> {
  const { db, logger, tell, lookMs = 5000 } = options;
  const holder = `${hostname()}:${process.pid}:${crypto.randomUUID()}`;
  const hold = () => holdLease(db, LEASE, holder, LEASE_SECONDS);
  const log = createFailureLog(logger);
  const teller = createTeller({ db, logger, tell, hold });
  while (!signal.aborted) {
    try {
      if (await hold())
        try {
          await compareWithNow(options);
        } finally {
          await teller.tellAll(signal);
        }
      log.works("alerts", "MariaDB");
    } catch (error) {
      log.failed("alerts", error);
    }
    const untilRetry = (teller.nextRetryAt() ?? 0) - Date.now();
    // What is overdue waits for the lease, or for the database.
    await pause(untilRetry > 0 ? Math.min(untilRetry, lookMs) : lookMs, signal);
  }
  await releaseLease(db, LEASE, holder).catch(() => undefined);
}

async function compareWithNow({ db, look }: AlertOptions): Promise<void> {
  const raised = await readRaisedAlerts(db);
  const { raise, over } = compareAlerts(raised, findConditions(await look(raised), raised));
  await raiseAlerts(db, raise);
  await endAlerts(db, over);
}
