import { type DocumentNode, type GraphQLError, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Principal } from "../access/principal.ts";
import { type ErrorCode, errorCatalogue } from "../errors.ts";
import { extend } from "../extend.ts";
import type { Logger } from "../log.ts";
import type { RequestContext } from "./context.ts";
import { causeOf, toGraphQLError } from "./graphql-errors.ts";
import type { Metrics } from "./metrics.ts";
import { showShape } from "./operation-shape.ts";

/** One request and what is known of its answer, for the log and the metrics. */
export interface Exchange {
  readonly requestId: string;
  readonly principal: Principal;
  readonly startedAt: number;
  operation: string | undefined;
  /** SHA-256 of the text that was asked, in hexadecimal, from before it is parsed. */
  documentHash?: string;
  /** The hash under which that text wants to be remembered, once it is found to be right. */
  offered?: string;
  /** Codes of the errors answered, each once. */
  codes: readonly string[];
  /** What a subscription has sent; undefined: the request is answered once. */
  events: number | undefined;
  /** It is answered with a file: how long that takes its client decides, too. */
  isFile?: boolean;
  /** Ends the limit of time. */
  stopClock?: () => void;
  /** The operation, from when its execution begins. */
  document?: DocumentNode;
  /** Of the operation, in fields. */
  cost?: number;
  /** Tells what the request has read so far. */
  readWork?: () => Work;
  /** Why whoever asked how it is answered is not told. */
  explainRefusal?: string;
  /** What was read is not of models alone, so their positions say nothing of it. */
  isUntold?: boolean;
}

/** What a request has made the stores do. */
export interface Work {
  /** Documents and groups. */
  readonly rows: number;
  /** Milliseconds for which it waited, by store. */
  readonly ms: Readonly<Record<string, number>>;
}

/** What was done before, and what is done now. */
export function addWork(before: Work | undefined, now: Work): Work {
  if (!before) return now;
  const ms = { ...before.ms };
  for (const [store, more] of Object.entries(now.ms)) ms[store] = (ms[store] ?? 0) + more;
  return { rows: before.rows + now.rows, ms };
}

interface Reporting {
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Where the line of each answer goes; default: `logger`. */
  readonly answerLog?: Logger;
  /** An answer that takes longer is told of at level warn; default: none. */
  readonly slowQueryMs?: number | undefined;
}

/** A request of somebody that begins now. */
export const startExchange = (requestId: string, principal: Principal): Exchange => ({
  requestId,
  principal,
  startedAt: performance.now(),
  operation: undefined,
  codes: [],
  events: undefined,
});

/** Adds `extensions.freshness` to an answer, and counts what was read from where. */
export function reportFreshness(reporting: Reporting): Plugin<RequestContext & { exchange: Exchange }> {
  const { metrics } = reporting;
  return {
    onExecute({ args }) {
      const { contextValue, document, operationName } = args;
      contextValue.exchange.operation = getOperationAST(document, operationName)?.name?.value;
      contextValue.exchange.document = document;
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          const freshness = contextValue.reads.freshness();
          if (freshness.length === 0) return;
          for (const entry of freshness) metrics.read(entry);
          const extensions = result.extensions ? extend(result.extensions, { freshness }) : { freshness };
          setResult(extend(result, { extensions }));
        },
      };
    },
    onSubscribe({ args: { contextValue, document, operationName } }) {
      const { exchange } = contextValue;
      exchange.operation = getOperationAST(document, operationName)?.name?.value;
      exchange.events = 0;
      return {
        onSubscribeError: ({ error }) => reportErrors(reporting, exchange, [toGraphQLError(error)]),
        onSubscribeResult: () => ({
          onNext({ result }) {
            // A subscription lasts as long as its client wants: what is measured is the time to its first event.
            if (exchange.events === 0) measure(reporting, exchange, Boolean(result.errors));
            exchange.events = (exchange.events ?? 0) + 1;
            if (result.errors) reportErrors(reporting, exchange, result.errors.map(toGraphQLError));
          },
        }),
      };
    },
  };
}

/** Logs a request that is over, and measures it. A client that left before its answer's end is news where it is known who. */
export function reportEnd(reporting: Reporting, exchange: Exchange, isAnswered: boolean): void {
  const { requestId, principal, documentHash, operation, codes, events, startedAt, cost } = exchange;
  const { answerLog = reporting.logger } = reporting;
  const isSubscription = events !== undefined;
  const ms = round(performance.now() - startedAt);
  const line = {
    requestId,
    ...(principal.role !== null && { principal: principal.name, role: principal.role }),
    operation,
    document: documentHash,
    codes,
    ...(isSubscription && { events }),
    cost,
    ...toWork(exchange),
    ms,
  };
  if (isSubscription) answerLog.info(line, "subscription ended");
  else if (isAnswered) {
    answerLog.info(line, "answered");
    if (exchange.isFile) return;
    measure(reporting, exchange, codes.length > 0);
    if (reporting.slowQueryMs !== undefined && ms > reporting.slowQueryMs) {
      const query = exchange.document && showShape(exchange.document);
      reporting.logger.warn({ ...line, query }, "slow query");
    }
  } else {
    // Of somebody who is known it counts what they may have read.
    const level = principal.role === null ? "debug" : "info";
    answerLog[level]({ ...line, left: true }, "client left");
  }
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

/** Of a subscription nothing: each of its events is an answer of its own. */
function toWork({ events, readWork }: Exchange) {
  const work = events === undefined ? readWork?.() : undefined;
  if (!work) return undefined;
  const stores = Object.entries(work.ms).map(([store, ms]) => [store, round(ms)]);
  return { rows: work.rows, storeMs: Object.fromEntries(stores) };
}

const measure = ({ metrics }: Reporting, { operation, startedAt }: Exchange, hasFailed: boolean): void =>
  metrics.operation(operation, (performance.now() - startedAt) / 1000, hasFailed);

/**
 * Counts the errors of an answer, and logs those that are not the client's mistakes: one line per code, with the cause of
 * the first and how many there are, since one fault may spoil every node of a page.
 */
export function reportErrors(
  { metrics, logger }: Reporting,
  exchange: Exchange,
  errors: readonly GraphQLError[],
): void {
  const byCode = new Map<string, { readonly first: GraphQLError; count: number }>();
  for (const error of errors) {
    const code = String(error.extensions.code);
    const known = byCode.get(code);
    if (known) known.count += 1;
    else byCode.set(code, { first: error, count: 1 });
  }
  exchange.codes = [...new Set([...exchange.codes, ...byCode.keys()])];
  for (const [code, { first, count }] of byCode) {
    metrics.error(code, count);
    const level = levelOf(code);
    if (level === null) continue;
    const { requestId } = exchange;
    logger[level]({ requestId, code, count, path: first.path, err: causeOf(first) }, "query failed");
  }
}

/** Null: a mistake of the client, or a rule that did what it is for. */
function levelOf(code: string): "error" | "debug" | null {
  if (code === ("CANCELLED" satisfies ErrorCode)) return "debug";
  const entry = errorCatalogue[code as ErrorCode] as (typeof errorCatalogue)[ErrorCode] | undefined;
  if (entry === undefined || entry.exit < 65 || code === ("RULE_VIOLATED" satisfies ErrorCode)) return null;
  return "error";
}
