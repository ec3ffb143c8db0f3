import { setTimeout as wait } from "node:timers/promises";
import { VitrineError } from "../../errors.ts";

/** What a server says of itself when it is asked whether it takes writes. */
export type HostAnswer =
  | {
      readonly takesWrites: true;
      /** A node of a cluster that may lag far behind, as while it feeds another one. */
      readonly isSlow: boolean;
      /** It is a replica that hears its primary, so that one lives; what would be written here that one lacks. */
      readonly follows: boolean;
    }
  | {
      readonly takesWrites: false;
      /** The end of a sentence. */
      readonly reason: string;
      /** Who says so; silence may come of load. */
      readonly from: "itself" | "silence" | "failure";
    };

/** Asks a server, by its `host:port`. Never rejects; gives up by itself. */
export type AskHost = (host: string) => Promise<HostAnswer>;

/**
 * The server that takes writes, of several that an address names: one for all pools of a process. Once found it is kept
 * until it takes none; nobody goes back to the one before because that is there again.
 */
export interface WritableHost {
  /** Its `host:port`. @throws VitrineError SOURCE_UNAVAILABLE that says of each server why not */
  current(): Promise<string>;
  /** A statement failed there as on a server that is gone, or takes no writes: it is asked before the next use. */
  suspect(host: string): void;
  /** Told when another server is the one, with the one before. */
  onMove(listener: (left: string) => void): void;
  /** The current one, and how long ago it was last known to take writes: then it had everything that was committed. */
  standing(): { readonly host: string; readonly provenMsAgo: number } | undefined;
  close(): void;
}

/** How often the current one is asked, and how long a failure is good enough for all who ask. */
const LOOK_MS = 1000;
const FAILURE_KEPT_MS = 500;
/** Servers before the first that takes writes are waited for so long: one may be busy, or hang. */
const EARLIER_MS = 300;
/** The current one is left when it was silent so often. */
const SILENCES = 2;

/** Nothing is asked before the first use. */
export function findWritableHost(hosts: readonly string[], ask: AskHost): WritableHost {
  const listeners: ((left: string) => void)[] = [];
  let current: string | undefined;
  let isSuspect = false;
  let knownAt = Number.NEGATIVE_INFINITY;
  let silences = 0;
  let failure: { readonly at: number; readonly error: unknown } | undefined;
  let looking: Promise<string> | undefined;
  let isClosed = false;

  const settle = (host: string, askedAt: number) => {
    const left = current;
    current = host;
    isSuspect = false;
    silences = 0;
    failure = undefined;
    knownAt = askedAt;
    if (left !== undefined && left !== host) for (const tell of listeners) tell(left);
    return host;
  };
  const look = async () => {
    const askedAt = performance.now();
    try {
      return settle(await chooseHost(hosts, current, ask), askedAt);
    } catch (error) {
      failure = { at: performance.now(), error };
      throw error;
    } finally {
      looking = undefined;
    }
  };
  const lookOnce = () => {
    looking ??= look();
    return looking;
  };
  const lookAtCurrent = async () => {
    if (current === undefined || looking) return;
    const asked = current;
    const askedAt = performance.now();
    const answer = await ask(asked);
    if (current !== asked) return;
    if (answer.takesWrites) {
      knownAt = askedAt;
      silences = 0;
      return;
    }
    silences += 1;
    if (answer.from !== "silence" || silences >= SILENCES) await lookOnce().catch(() => undefined);
  };
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void lookAtCurrent().finally(() => {
      isLooking = false;
    });
  }, LOOK_MS);
  timer.unref();

  return {
    async current() {
      if (current !== undefined && !isSuspect) return current;
      if (failure && performance.now() - failure.at < FAILURE_KEPT_MS) throw failure.error;
      if (isClosed) throw new VitrineError("SOURCE_UNAVAILABLE", "The pool of MariaDB is closed.");
      return lookOnce();
    },
    suspect(host) {
      if (host === current) isSuspect = true;
    },
    onMove: (listener) => void listeners.push(listener),
    standing: () =>
      current === undefined ? undefined : { host: current, provenMsAgo: performance.now() - knownAt },
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}

/**
 * The current one if it takes writes, else the first that does, one that is not slow before one that is. A replica that
 * takes writes too, by mistake or as one of two primaries, is chosen only when every other server says itself that it
 * takes none, or is such a one: not because the connection to its primary is lost.
 * @throws VitrineError SOURCE_UNAVAILABLE
 */
export async function chooseHost(
  hosts: readonly string[],
  current: string | undefined,
  ask: AskHost,
): Promise<string> {
  const order = current === undefined ? hosts : [current, ...hosts.filter((one) => one !== current)];
  const answers = new Map<string, HostAnswer>();
  const asked = order.map(async (host) => {
    const answer = await ask(host);
    answers.set(host, answer);
    return answer;
  });
  const isFree = (host: string) => {
    const answer = answers.get(host);
    return answer?.takesWrites === true && (!answer.follows || host === current);
  };
  const isGood = (host: string) => {
    const answer = answers.get(host);
    return answer?.takesWrites === true && !answer.isSlow && isFree(host);
  };
  const anyGood = new Promise<void>((resolve) => {
    for (const [index, answer] of asked.entries())
      void answer.then(() => {
        if (isGood(order[index] ?? "")) resolve();
      });
  });
  await Promise.race([Promise.all(asked), anyGood]);
  const index = order.findIndex(isGood);
  if (index > 0) await Promise.race([Promise.all(asked.slice(0, index)), wait(EARLIER_MS)]);
  const isTold = order.every((host) => {
    const answer = answers.get(host);
    return answer !== undefined && (answer.takesWrites || answer.from === "itself");
  });
  const found =
    order.find(isGood) ??
    order.find(isFree) ??
    (isTold ? order.find((one) => answers.get(one)?.takesWrites) : undefined);
  if (found !== undefined) return found;
  const reasons = hosts.map((host) => `${host} ${describe(answers.get(host))}`);
  throw new VitrineError(
    "SOURCE_UNAVAILABLE",
    `None of the ${hosts.length} servers of the address takes writes: ${reasons.join("; ")}.`,
    { details: { hosts: hosts } },
  );
}

function describe(answer: HostAnswer | undefined): string {
  if (!answer) return "does not answer";
  return answer.takesWrites
    ? "is a replica that hears its primary, though it is not read only"
    : answer.reason;
}
