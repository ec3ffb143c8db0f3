import { hostname } from "node:os";
import { type AlertBook, createAlertBook } from "../core/alert-book.ts";
import type { Alert, Condition } from "../core/alerts.ts";
import type { Logger } from "../log.ts";
import { createFailureLog } from "../mirror/log-failures.ts";
import { pause } from "../mirror/wake-up.ts";
import { compareAlerts, findConditions, type Look } from "../monitor/find-conditions.ts";
import type { TellReceiver } from "../monitor/send-alert.ts";
import { createSourceWatch } from "../monitor/source-watch.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { createOutageBook } from "./outage-book.ts";
import { createTeller } from "./tell-alerts.ts";

export interface AlertOptions {
  /** May write the engine's tables. */
  readonly db: MariaDb;
  readonly logger: Logger;
  /** `raised`: alerts that go on. */
  readonly look: (raised: readonly Alert[]) => Promise<Look>;
  readonly tell: TellReceiver;
  /** File of this node for outages of the database itself. Undefined: they are not told. */
  readonly outages?: string | undefined;
  /** Default: 5,000. */
  readonly lookMs?: number;
}

/**
 * Raises an alert for each thing that is wrong, once, and tells its receiver; once more when it is over. What was told is kept in the
 * database, so that neither a restart nor another node tells it again: of all who watch, one does. What cannot be judged
 * just now keeps nobody from being told what was. That the database itself is away is kept in a file, by the node that told last.
 * Ends when the signal is aborted.
 */
export async function watchAlerts(options: AlertOptions, signal: AbortSignal): Promise<void> {
  const { db, look, outages } = options;
  const source = createSourceWatch();
  const book = createAlertBook(db, `${hostname()}:${process.pid}:${crypto.randomUUID()}`);
  const watched: AlertBook = { ...book, hold: () => source.watch(book.hold) };
  await Promise.all([
    keepBook(
      watched,
      { ...options, find: async (raised) => findConditions(await look(raised), raised) },
      signal,
    ),
    ...(outages === undefined
      ? []
      : [
          keepBook(
            createOutageBook({ file: outages, database: db.database, isMine: source.isHolder }),
            { ...options, find: async (raised) => source.judge(raised) },
            signal,
          ),
        ]),
  ]);
}

type BookOptions = Pick<AlertOptions, "db" | "logger" | "tell" | "lookMs"> & {
  /** What is wrong now. `raised`: alerts that go on. */
  readonly find: (raised: readonly Alert[]) => Promise<readonly Condition[]>;
};

/** Keeps what one book says as it is, and tells it. */
async function keepBook(
  book: AlertBook,
  { db, logger, tell, find, lookMs = 5000 }: BookOptions,
  signal: AbortSignal,
): Promise<void> {
  const log = createFailureLog(logger);
  const teller = createTeller({ book, database: db.database, logger, tell });
  while (!signal.aborted) {
    try {
      if (await book.hold())
        try {
          await compareWithNow(book, find);
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
  await book.release().catch(() => undefined);
}

async function compareWithNow(book: AlertBook, find: BookOptions["find"]): Promise<void> {
  const raised = await book.readRaised();
  const { raise, over } = compareAlerts(raised, await find(raised));
  await book.raise(raise);
  await book.end(over);
}
