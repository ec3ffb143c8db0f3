import { setMaxListeners } from "node:events";
import type { IncomingMessage } from "node:http";
import type { GraphQLSchema } from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import type { Principal } from "../access/principal.ts";
import { VitrineError } from "../errors.ts";
import type { Replicas } from "../freshness/replicas.ts";
import type { Logger } from "../log.ts";
import type { DocumentStore } from "../stores/document-store.ts";
import type { ProcedureCaller } from "../stores/mariadb/call-procedure.ts";
import type { Admission } from "./admission.ts";
import { admitOperations } from "./admit-operations.ts";
import { type AnswerLimits, createPace, createRounds, type Rounds } from "./answer-pace.ts";
import { type AnswerTimes, createAnswerTimes } from "./answer-times.ts";
import type { Budget } from "./budget.ts";
import { type CallLog, callFor } from "./call-for.ts";
import { clientOf } from "./client-of.ts";
import { compileOperations } from "./compiled-operations.ts";
import type { RequestContext } from "./context.ts";
import { type DocumentRule, keepDocumentRule } from "./document-rule.ts";
import { createExplainer, EXPLAIN_HEADER, type Explainer } from "./explain.ts";
import { explainAnswers } from "./explain-answers.ts";
import type { ExplainRule } from "./explain-rule.ts";
import { toGraphQLError } from "./graphql-errors.ts";
import { hideSchema } from "./hidden-schema.ts";
import { createKnownTexts, createLearning, type LearnText, learnFirst } from "./learn-texts.ts";
import { createLimits, type Limits } from "./limits.ts";
import type { LiveCubes } from "./live-cubes.ts";
import type { LiveDocuments } from "./live-documents.ts";
import type { Metrics } from "./metrics.ts";
import { endOversized } from "./pace-fields.ts";
import { createPersistedQueries, type PersistedQueries, usePersisted } from "./persisted-queries.ts";
import { AFTER_WRITE_HEADER } from "./read-arguments.ts";
import { MAX_BODY_BYTES } from "./read-request.ts";
import { createReadTimes } from "./read-times.ts";
import { createReads, type Router } from "./reads.ts";
import { addWork, type Exchange, noteText, reportErrors, reportFreshness } from "./report-answers.ts";
import type { Answering } from "./role-gateways.ts";
import type { SizeOf } from "./roll-up-sizes.ts";
import { limitTexts } from "./text-limits.ts";
import type { TrustedDocuments } from "./trusted-documents.ts";

/** What answers queries. */
export interface GatewayOptions {
  readonly schema: GraphQLSchema;
  readonly stores: Readonly<Record<DocumentStore["name"], DocumentStore>>;
  readonly route: Router;
  /** Servers that may answer live reads; the live store knows them by name. Default: none. */
  readonly replicas?: Replicas | undefined;
  readonly procedures: ProcedureCaller;
  /** Where calls of principals with a role are noted; default: nowhere. */
  readonly callLog?: CallLog;
  readonly documents: LiveDocuments;
  readonly liveCubes: LiveCubes;
  /** What the run log says. */
  readonly readRuns: RequestContext["readRuns"];
  readonly limits: Limits;
  /** Lets as much work begin as can be done at a time; default: all. */
  readonly admission?: Admission | undefined;
  /** Lets one text at a time be parsed and validated; default: all. */
  readonly texts?: Admission | undefined;
  /** What each client may do in a minute and at a time; default: nobody is counted. */
  readonly budget?: Budget | undefined;
  /** Proxies in front, which tell whom a request is from; default: none. */
  readonly proxies?: number;
  /** Longest time that a request may take; its statements are cancelled then. */
  readonly timeoutMs: number;
  /** How large an answer may be. */
  readonly answer: AnswerLimits;
  /** Documents that one request may read. */
  readonly maxDocuments: number;
  readonly metrics: Metrics;
  /** Default: nothing is known of their sizes. */
  readonly sizeOf?: SizeOf;
  /** Told of each question to a cube, but for those of live alone. */
  readonly noteQuestion?: RequestContext["noteQuestion"];
  readonly logger: Logger;
  /** Where the line of each answer goes; default: `logger`. */
  readonly answerLog?: Logger;
  /** Whether the schema tells nobody of itself. */
  readonly isSchemaHidden?: boolean;
  /** Whose texts are answered; default: everybody's. */
  readonly documentRule?: DocumentRule;
  /** Who may ask how answers are made; default: nobody. */
  readonly explain?: ExplainRule;
  /** An answer that takes longer is told of at level warn; default: none. */
  readonly slowQueryMs?: number | undefined;
}

/** What the HTTP server knows about a request, and learns for its log line. */
export interface RequestState {
  readonly req: IncomingMessage;
  readonly principal: Principal;
  /** What it is answered from. */
  readonly answering: Answering;
  readonly exchange: Exchange;
  /** Registers what is called once when the answer is out (true), or its client has gone before (false). */
  onEnd(end: (finished: boolean) => void): void;
}

/** What all gateways of a server have in common, whoever asks. */
export interface SharedByGateways {
  readonly persisted: PersistedQueries;
  readonly answerTimes: AnswerTimes;
  readonly rounds: Rounds;
}

export const createShared = (trusted?: TrustedDocuments): SharedByGateways => ({
  persisted: createPersistedQueries(trusted),
  answerTimes: createAnswerTimes(),
  rounds: createRounds(),
});

/** The GraphQL endpoint over HTTP: limits, one context per request, freshness, coded errors. */
export function createGateway(options: GatewayOptions, shared: SharedByGateways) {
  const { persisted, answerTimes, rounds } = shared;
  const known = createKnownTexts();
  const learn: LearnText<RequestState> = createLearning({ ...options, known }, (state) =>
    yoga.getEnveloped(state),
  );
  const yoga = createYoga<RequestState, RequestContext>({
    schema: options.schema,
    graphqlEndpoint: "/graphql",
    landingPage: false,
    graphiql: false,
    cors: false,
    multipart: false,
    extraParamNames: ["documentId"],
    logging: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    maskedErrors: { maskError: toGraphQLError },
    parserAndValidationCache: { documentCache: known },
    plugins: [
      noteText,
      ...(options.documentRule ? [keepDocumentRule(options.documentRule)] : []),
      createLimits(options.limits),
      limitTexts, // after createLimits, whose parser it guards
      ...(options.isSchemaHidden ? [hideSchema] : []),
      reportFreshness(options),
      explainAnswers(options.limits.maxCost),
      endOversized,
      compileOperations(options.schema),
      ...(options.admission || options.budget ? [admitOperations(options)] : []),
      reportYogaErrors(options),
      stopClockOfSubscriptions,
      usePersisted(persisted),
      learnFirst(learn), // after usePersisted, which finds the text
    ],
    context: ({ req, answering, onEnd, exchange, principal }) => {
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
    },
  });
  return Object.assign(yoga, { learn });
}

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

/** A subscription lasts as long as its client wants. */
const stopClockOfSubscriptions: Plugin<RequestContext & RequestState> = {
  onSubscribe({ args }) {
    args.contextValue.exchange.stopClock?.();
  },
};

/** What goes through yoga's own HTTP handling: GET, event streams, the spec's own media type. */
function reportYogaErrors(options: GatewayOptions): Plugin<RequestContext & RequestState> {
  return {
    onExecutionResult({ result, context }) {
      if (!result || Symbol.asyncIterator in result || Array.isArray(result) || !result.errors) return;
      // Yoga passes the server's context here; its errors have been through maskError.
      const { exchange } = context as unknown as RequestState;
      reportErrors(options, exchange, result.errors.map(toGraphQLError));
    },
  };
}
