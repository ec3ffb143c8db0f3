import type { AlertBook } from "../core/alert-book.ts";
import type { Logger } from "../log.ts";
import { type AlertEvent, type TellReceiver, type Told, toEvent } from "../monitor/send-alert.ts";

/** Who is stopped waits so long for an answer that is under way: it would be told again. */
const GRACE_MS = 2000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 300_000;
/** An event that was refused so often, for a day, is refused for good. */
const MOST_REFUSALS = 300;

/** How long to wait after so many failures in a row. */
export const retryPauseMs = (failures: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);

/** How often something failed in a row, and when (milliseconds since 1970) it is tried again. */
interface Retry {
  readonly failures: number;
  readonly at: number;
}

const retryAfter = (before: Retry | undefined, now: number): Retry => {
  const failures = (before?.failures ?? 0) + 1;
  return { failures, at: now + retryPauseMs(failures) };
};

export interface TellOptions {
  /** When another node holds it by now, that one goes on where this one stalled. */
  readonly book: AlertBook;
  /** The database that alerts are about. */
  readonly database: string;
  readonly logger: Logger;
  readonly tell: TellReceiver;
  /** An event that is refused so often is given up. Default: 300, which takes a day. */
  readonly mostRefusals?: number;
}

/** Tells alerts, and remembers what was not taken. */
export interface Teller {
  /** Tells what the receiver does not know and is due. Stops early when the signal is aborted. */
  tellAll(signal: AbortSignal): Promise<void>;
  /** When the next try of what was not taken is due, milliseconds since 1970; null: there is none. */
  nextRetryAt(): number | null;
}

/**
 * Tells a receiver its alerts. One that is away is tried again, at longer and longer intervals, until it takes what it missed, in
 * order. An event that it refuses has such intervals of its own, holds up no other, and is given up after a day.
 */
export function createTeller({
  book,
  database,
  logger,
  tell,
  mostRefusals = MOST_REFUSALS,
}: TellOptions): Teller {
  let away: Retry | undefined;
  /** By the event's name. */
  let refused: ReadonlyMap<string, Retry> = new Map();
  const refuse = async (event: AlertEvent, reason: string, giveUp: () => Promise<void>) => {
    const retry = retryAfter(refused.get(event.id), Date.now());
    refused = new Map([...refused, [event.id, retry]]);
    if (retry.failures === 1)
      logger.warn({ alert: event.data, reason }, "an alert was refused, tries again for a day");
    if (retry.failures < mostRefusals) return;
    logger.error({ alert: event.data, reason }, "an alert was refused for good, and is given up");
    await giveUp();
    refused = new Map([...refused].filter(([id]) => id !== event.id));
  };
  const tellEach = async (signal: AbortSignal, tellOne: (event: AlertEvent) => Promise<Told>) => {
    const untold = (await book.readUntold()).map((alert) => ({
      event: toEvent(alert, { book: book.name, database }),
      note: () => book.noteTold(alert.alertId, alert.isRaiseTold ? "over" : "raised"),
    }));
    refused = new Map(
      untold.flatMap(({ event: { id } }) => {
        const retry = refused.get(id);
        return retry ? [[id, retry]] : [];
      }),
    );
    for (const { event, note } of untold) {
      if ((refused.get(event.id)?.at ?? 0) > Date.now()) continue;
      if (signal.aborted || !(await book.hold())) return;
      const told = await tellOne(event);
      if (told.outcome === "taken") await note();
      else if (signal.aborted) return;
      else if (told.outcome === "refused") await refuse(event, told.reason, note);
      else {
        logger.error({ alert: event.data, reason: told.reason }, "an alert was not taken, tries again");
        away = retryAfter(away, Date.now());
        return;
      }
      away = undefined;
    }
  };
  return {
    async tellAll(signal) {
      if (away && Date.now() < away.at) return;
      await withGrace(signal, (late) => tellEach(signal, (event) => tell(event, late)));
    },
    nextRetryAt: () => away?.at ?? [...refused.values()].map(({ at }) => at).sort((a, b) => a - b)[0] ?? null,
  };
}

/** Does work whose own signal is aborted a little after the signal is. */
async function withGrace<T>(signal: AbortSignal, work: (late: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const expire = () => void setTimeout(() => late.abort(), GRACE_MS).unref();
  signal.addEventListener("abort", expire, { once: true });
  try {
    return await work(late.signal);
  } finally {
    signal.removeEventListener("abort", expire);
  }
}
