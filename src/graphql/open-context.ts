import { setMaxListeners } from "node:events";
import type { IncomingMessage } from "node:http";
import { VitrineError } from "../errors.ts";
import { createPace } from "./answer-pace.ts";
import { callFor } from "./call-for.ts";
import { clientOf } from "./client-of.ts";
import type { RequestContext } from "./context.ts";
import { createExplainer, EXPLAIN_HEADER, type Explainer } from "./explain.ts";
import type { ExplainRule } from "./explain-rule.ts";
import { AFTER_WRITE_HEADER } from "./read-arguments.ts";
import { createReadTimes } from "./read-times.ts";
import { createReads } from "./reads.ts";
import { addWork, type Exchange } from "./report-answers.ts";
import type { GatewayOptions, RequestState, SharedByGateways } from "./yoga.ts";

/** What resolvers know about a request, beside what came with it. */
export const createContexts =
  (options: GatewayOptions, { answerTimes, rounds }: SharedByGateways) =>
  ({ req, answering, onEnd, exchange, principal }: RequestState): RequestContext => {
    const { requestId } = exchange;
    const fallen = new Set<string>();
    const startedAt = performance.now();
    const signal = limitTime(onEnd, exchange, options.timeoutMs);
    const explainer = startExplainer(req, exchange, answering.explain);
    const times = createReadTimes();
    const reads = createReads({
      times,
      explainer,
      stores: answering.stores,
      route: answering.route,
      replicas: options.replicas,
      ...{ signal, timeoutMs: options.timeoutMs },
      maxDocuments: options.maxDocuments,
      answerTimes,
      onFallback: (model, error) => {
        options.metrics.fallback(model);
        if (fallen.has(model)) return;
        fallen.add(model);
        options.logger.warn({ requestId, model, err: error }, "mirror failed, read live instead");
      },
    });
    // A file of several pages has an answer for each.
    const earlier = exchange.readWork?.();
    exchange.readWork = () => addWork(earlier, { rows: reads.rows(), ms: times.ms() });
    return {
      reads,
      client: clientOf(req, principal, options.proxies ?? 0),
      explainer,
      documents: answering.documents,
      liveCubes: answering.liveCubes,
      readRuns: (filter) => {
        exchange.isUntold = true;
        return answering.readRuns(filter);
      },
      sizeOf: answering.sizeOf,
      noteQuestion: answering.noteQuestion ?? (() => undefined),
      pace: createPace(options.answer, rounds, signal),
      // Node joins what comes several times into one text, except for a few headers of its own.
      afterWriteHeader: req.headers[AFTER_WRITE_HEADER]?.toString(),
      call: (procedure, args) => {
        exchange.isUntold = true;
        const leftMs = Math.max(options.timeoutMs - (performance.now() - startedAt), 1);
        const caller = { procedures: answering.procedures, callLog: options.callLog };
        return callFor({ principal, exchange }, caller, { procedure, args, signal, timeoutMs: leftMs });
      },
    };
  };

/** Undefined for who does not ask; who may not is told why. */
function startExplainer(
  request: IncomingMessage,
  exchange: Exchange,
  rule: ExplainRule | undefined,
): Explainer | undefined {
  const header = request.headers[EXPLAIN_HEADER];
  if (header === undefined || rule === undefined) return undefined;
  const refusal = rule.refuse(header.toString(), request);
  if (refusal === null) return createExplainer(rule.readView);
  exchange.explainRefusal = refusal;
  return undefined;
}

/** A signal that is aborted, with the error to answer with, after `timeoutMs` or when the client has gone. */
function limitTime(onEnd: RequestState["onEnd"], exchange: Exchange, timeoutMs: number): AbortSignal {
  const controller = new AbortController();
  // Every read of the request listens, and stops listening when it ends.
  setMaxListeners(0, controller.signal);
  const timer = setTimeout(
    () => controller.abort(new VitrineError("QUERY_TIMEOUT", `The query took longer than ${timeoutMs} ms.`)),
    timeoutMs,
  );
  exchange.stopClock = () => clearTimeout(timer);
  onEnd((finished) => {
    clearTimeout(timer);
    if (!finished) controller.abort(new VitrineError("CANCELLED", "The client closed the connection."));
  });
  return controller.signal;
}
