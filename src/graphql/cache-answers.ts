import type { IncomingMessage } from "node:http";
import type { ExecutionResult } from "graphql";
import type { AnswerTags } from "./answer-tags.ts";
import { AFTER_WRITE_HEADER } from "./read-arguments.ts";
import type { Asked } from "./read-request.ts";
import type { RequestReads } from "./reads.ts";
import type { Exchange } from "./report-answers.ts";

/** What a client may do with the answer to a question in an address. */
export interface CacheSettings {
  /** The headers that tell a client to go on with the answer that it has; null when it has none that holds. */
  findKnown(): Promise<Readonly<Record<string, string>> | null>;
  /** The headers of an answer. */
  describe(
    result: ExecutionResult,
    reads: RequestReads,
    exchange: Exchange,
  ): Readonly<Record<string, string>>;
}

interface CachedQuestion {
  /** All that the answer depends on, beside the data. */
  readonly question: readonly unknown[];
  readonly ifNoneMatch: string | undefined;
  /** It is asked how the answer is made, which is another story each time. */
  readonly isAside: boolean;
}

/** A mirror that may be less behind than this is looked at anew for each answer. */
const LOOKED_AT_MS = 100;

/** @param asker what the answer depends on of who asks */
export const readCacheSettings = (
  { headers }: IncomingMessage,
  asked: Asked,
  asker: readonly unknown[],
): CachedQuestion => ({
  question: [
    ...[asked.query, asked.variables, asked.operationName, headers[AFTER_WRITE_HEADER], headers.accept],
    ...asker,
  ],
  ifNoneMatch: headers["if-none-match"],
  isAside: headers["x-vitrine-explain"] !== undefined || headers["x-vitrine-cost"] !== undefined,
});

/**
 * Answers from the mirror have a tag. All may be kept for as long as the question lets the mirror be behind
 * (`maxStaleness` of every root field); else they are kept, and asked for again with their tag.
 */
export function startCaching(
  { question, ifNoneMatch, isAside }: CachedQuestion,
  tags: AnswerTags | undefined,
): CacheSettings {
  const vary = `accept, ${AFTER_WRITE_HEADER}`;
  const keep = (seconds: number) => (seconds > 0 ? `private, max-age=${seconds}` : "private, no-cache");
  return {
    async findKnown() {
      if (isAside || !tags || ifNoneMatch === undefined) return null;
      const tag = await tags.findCurrent(question, ifNoneMatch);
      // How long it may be kept was said with the answer, and holds from now on.
      return tag === null ? null : { etag: tag, vary };
    },
    describe({ errors }, reads, { isUntold = false }) {
      const freshness = reads.freshness();
      const isKnown = !isAside && !errors && !isUntold && freshness.length > 0;
      const mostMs = isKnown ? reads.mostStaleMs() : null;
      const lagMs = Math.max(0, ...freshness.map((entry) => entry.lagMs));
      const seconds = mostMs === null ? 0 : Math.floor((mostMs - lagMs) / 1000);
      const versions = isKnown && tags && (mostMs ?? LOOKED_AT_MS) >= LOOKED_AT_MS ? reads.versions() : null;
      if (versions && tags)
        return { vary, etag: tags.make(question, versions), "cache-control": keep(seconds) };
      return { vary, "cache-control": seconds > 0 ? keep(seconds) : "no-store" };
    },
  };
}
