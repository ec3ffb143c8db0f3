import { type GraphQLError, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import { type ErrorCode, errorCatalogue } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { RequestContext } from "./context.ts";
import { causeOf } from "./graphql-errors.ts";
import type { Metrics } from "./metrics.ts";

/** One request and what is known of its answer, for the log and the metrics. */
export interface Exchange {
  readonly requestId: string;
  operation: string | undefined;
  /** Codes of the errors answered. */
  codes: readonly string[];
  /** Ends the limit of time. */
  stopClock?: () => void;
}

interface Reporting {
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Adds `extensions.freshness` to an answer, and counts what was read from where. */
export function reportFreshness({ metrics }: Reporting): Plugin<RequestContext & { exchange: Exchange }> {
  return {
    onExecute({ args }) {
      const { contextValue, document, operationName } = args;
      contextValue.exchange.operation = getOperationAST(document, operationName)?.name?.value;
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          const freshness = contextValue.reads.freshness();
          if (freshness.length === 0) return;
          for (const entry of freshness) metrics.read(entry);
          setResult({ ...result, extensions: { ...result.extensions, freshness } });
        },
      };
    },
  };
}

/** Counts the errors of an answer, and logs the causes of those that are not the client's mistakes. */
export function reportErrors(
  { metrics, logger }: Reporting,
  exchange: Exchange,
  errors: readonly GraphQLError[],
): void {
  exchange.codes = errors.map((error) => String(error.extensions.code));
  for (const [index, code] of exchange.codes.entries()) {
    metrics.error(code);
    const error = errors[index];
    if (!error || !isFault(code)) continue;
    const { requestId } = exchange;
    logger.error({ requestId, code, path: error.path, err: causeOf(error) }, "query failed");
  }
}

const isFault = (code: string): boolean => {
  const entry = errorCatalogue[code as ErrorCode] as (typeof errorCatalogue)[ErrorCode] | undefined;
  return entry !== undefined && entry.exit >= 65;
};
