import { setImmediate as nextRound } from "node:timers/promises";
import { GraphQLError } from "graphql";
import { VitrineError } from "../errors.ts";

/** How large an answer may become. */
export interface AnswerLimits {
  /** Values completed: fields of documents, however nested. */
  readonly maxValues: number;
  /** Bytes of JSON, as counted on the way (names and text; escapes are not looked for). */
  readonly maxBytes: number;
}

/** Values put together in one round of the event loop, about: some milliseconds, then others have their turn. */
const PIECE = 2000;
/** Items of lists put together in one round; a longer list is taken apart, which costs a promise per item. */
const LONG_LIST = 500;

/** Rounds of the event loop, one after the other, for all answers of a gateway: no two pieces share one. */
export type Rounds = () => Promise<unknown>;

export function createRounds(): Rounds {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    last = last.then(() => nextRound());
    return last;
  };
}

/** Puts one answer together in pieces, and within limits. */
export interface Pace {
  /** Notes a value of the answer, under its key. */
  count(key: string | number, value: unknown): void;
  /** A list as it is completed: at once when little was done in this round, else in pieces, each in a round of its own. */
  spread(list: readonly unknown[]): readonly unknown[] | Promise<readonly unknown[]>;
  /** What ended the answer; undefined while it is within its limits. */
  failure(): unknown;
  /** The next answer begins. */
  restart(): void;
}

const ENDED = "The answer has ended.";

/** Whether an error only says that the answer had ended before: `failure()` tells why. */
export const isRefusal = ({ message }: GraphQLError): boolean => message === ENDED;

/** @param signal ends the answer with its reason, also while it is put together */
export function createPace(limits: AnswerLimits, rounds: Rounds, signal: AbortSignal): Pace {
  let values = 0;
  let bytes = 0;
  /** Values since the last round began. */
  let done = 0;
  let failure: unknown;
  /** What every list is refused with then: one error for all, which has its place, so that none is made per item. */
  let refusal: GraphQLError | undefined;
  /** The round that is waited for, and how many items it still takes. */
  let next: { readonly begun: Promise<void>; room: number } | undefined;

  const fail = (error: unknown) => {
    if (refusal) return;
    failure = error;
    const originalError = error instanceof Error ? error : undefined;
    refusal = new GraphQLError(ENDED, { path: [], originalError });
  };
  const check = () => {
    if (signal.aborted) fail(signal.reason);
    if (refusal) throw refusal;
  };
  const take = (items: number): Promise<void> => {
    if (!next || next.room <= 0) {
      const begun = rounds().then(() => {
        done = 0;
        if (next?.begun === begun) next = undefined;
        check();
      });
      begun.catch(() => undefined); // whoever waits for it is told
      next = { begun, room: LONG_LIST };
    }
    next.room -= items;
    return next.begun;
  };
  /** Whoever gets the items listens to each of them at once, before any round begins. */
  const inPieces = (list: readonly unknown[]): readonly unknown[] => {
    const pieces: unknown[] = [];
    for (let start = 0; start < list.length; start += LONG_LIST) {
      const begun = take(LONG_LIST);
      for (const item of list.slice(start, start + LONG_LIST)) pieces.push(begun.then(() => item));
    }
    return pieces;
  };
  const exceed = (what: string, most: number) => {
    if (refusal) return;
    const message = `The answer has more than ${most} ${what}. Ask for smaller pages or fewer fields.`;
    fail(new VitrineError("LIMIT_EXCEEDED", message));
  };

  return {
    count(key, value) {
      values += 1;
      done += 1;
      bytes += String(key).length + (typeof value === "string" ? value.length + 6 : 8);
      if (values > limits.maxValues) exceed("values", limits.maxValues);
      else if (bytes > limits.maxBytes) exceed("bytes", limits.maxBytes);
    },
    spread(list) {
      values += list.length;
      bytes += list.length * 2;
      // Only by promise: an error thrown here would leave those of other items without anybody to hear them.
      if (refusal) return Promise.reject(refusal);
      // To take it apart is work as well: one list in a round.
      if (list.length > LONG_LIST) return take(LONG_LIST).then(() => inPieces(list));
      if (done < PIECE) return list;
      return take(list.length).then(() => list);
    },
    failure: () => failure,
    restart() {
      values = 0;
      bytes = 0;
      failure = undefined;
      refusal = undefined;
    },
  };
}
