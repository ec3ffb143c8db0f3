import { type ErrorCode, VitrineError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { toMirrorError } from "../stores/mongodb/mongodb.ts";

/** A server that is away keeps every part from its work, and is told of as one. */
const servers = new Map<ErrorCode, string>([
  ["SOURCE_UNAVAILABLE", "MariaDB"],
  ["MIRROR_UNAVAILABLE", "MongoDB"],
]);
/** The same failure is logged again after this. */
const AGAIN_AFTER_MS = 60_000;

export interface FailureLog {
  failed(scope: string, error: unknown): void;
  /** These parts or servers did what they are for: it says so of those that had failed before. */
  works(...scopes: readonly string[]): void;
}

/**
 * Tells a person what keeps parts of the loader from their work, though they try again several times a second: a new
 * failure at once, the same once a minute with how often it was met since, and when the part works again.
 * `now` is a monotonic clock in milliseconds.
 */
export function createFailureLog(logger: Logger, now: () => number = () => performance.now()): FailureLog {
  /** By part and kind of failure; `times` counts what was not logged. */
  const known = new Map<string, Map<string, { loggedAt: number; times: number }>>();
  return {
    failed(part, cause) {
      const error = toMirrorError(cause);
      const scope = (error instanceof VitrineError && servers.get(error.code)) || part;
      const kinds = known.get(scope) ?? new Map();
      known.set(scope, kinds);
      const kind = kindOf(error);
      const before = kinds.get(kind);
      const times = (before?.times ?? 0) + 1;
      if (before && now() - before.loggedAt < AGAIN_AFTER_MS) {
        before.times = times;
        return;
      }
      // Messages may name what is never met again.
      for (const [name, { loggedAt }] of kinds) if (now() - loggedAt >= AGAIN_AFTER_MS) kinds.delete(name);
      kinds.set(kind, { loggedAt: now(), times: 0 });
      logger.warn({ scope, times, err: error }, "failed, tries again");
    },
    works(...scopes) {
      // As loud as the failure: who has read of that wants to read of this.
      for (const scope of scopes) if (known.delete(scope)) logger.warn({ scope }, "works again");
    },
  };
}

/** An error of the catalogue by its code: the reason of its reason may differ from one try to the next. */
const kindOf = (error: unknown): string =>
  error instanceof VitrineError ? error.code : error instanceof Error ? error.message : String(error);
