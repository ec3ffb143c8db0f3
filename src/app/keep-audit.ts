import { forgetCalls } from "../core/audit.ts";
import type { Logger } from "../log.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";

const HOUR_MS = 3_600_000;

export interface AuditUpkeep {
  /** The account of a loader: gateways may drop nothing. */
  readonly db: Pick<Queryable, "run">;
  readonly keptDays: number;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Default: every hour. */
  readonly everyMs?: number;
}

/**
 * Drops what the audit of mutations has kept for longer than so many days, now and from time to time. What could not be dropped
 * is tried again at the next turn.
 * @returns ends it, when the turn that is under way is over
 */
export function keepAudit({ db, keptDays, logger, everyMs = HOUR_MS }: AuditUpkeep): () => Promise<void> {
  const turn = async () => {
    try {
      const dropped = await forgetCalls(db, keptDays);
      if (dropped > 0) logger.info({ dropped, keptDays }, "calls of long ago were dropped from the audit");
    } catch (err) {
      logger.warn({ err }, "the audit keeps what is too old");
    }
  };
  let last = turn();
  const timer = setInterval(() => {
    last = last.then(turn);
  }, everyMs).unref();
  return () => {
    clearInterval(timer);
    return last;
  };
}
