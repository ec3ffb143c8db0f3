import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExecutionArgs, GraphQLSchema } from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import type { Principal } from "../access/principal.ts";
import type { Replicas } from "../freshness/replicas.ts";
import type { Logger } from "../log.ts";
import type { DocumentStore } from "../stores/document-store.ts";
import type { ProcedureCaller } from "../stores/mariadb/call-procedure.ts";
import type { Admission } from "./admission.ts";
import { admitOperations } from "./admit-operations.ts";
import { type AnswerLimits, createRounds, type Rounds } from "./answer-pace.ts";
import { type AnswerTimes, createAnswerTimes } from "./answer-times.ts";
import type { Budget } from "./budget.ts";
import type { CallLog } from "./call-for.ts";
import { compileOperations } from "./compiled-operations.ts";
import type { RequestContext } from "./context.ts";
import type { DocumentRule } from "./document-rule.ts";
import { explainAnswers } from "./explain-answers.ts";
import type { ExplainRule } from "./explain-rule.ts";
import { toGraphQLError } from "./graphql-errors.ts";
import { hideSchema } from "./hidden-schema.ts";
import { createLimits, type Limits } from "./limits.ts";
import type { LiveCubes } from "./live-cubes.ts";
import type { LiveDocuments } from "./live-documents.ts";
import type { Metrics } from "./metrics.ts";
import { createContexts } from "./open-context.ts";
import { endOversized } from "./pace-fields.ts";
import { createPersistedQueries, type PersistedQueries } from "./persisted-queries.ts";
import { MAX_BODY_BYTES } from "./read-request.ts";
import { createKnownTexts, createReadText, type ReadText } from "./read-texts.ts";
import type { Router } from "./reads.ts";
import { type Exchange, reportErrors, reportFreshness } from "./report-answers.ts";
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

/** Answers operations, whatever road they come. */
export interface Gateway {
  readonly schema: GraphQLSchema;
  readonly readText: ReadText<RequestState>;
  /** What resolvers know about a request: what came with it, its reads, and its clock, which starts. */
  openContext<State extends RequestState>(state: State): State & RequestContext;
  /** Within limits, in its turn; the answer says how old it is. The context is one that was opened. */
  execute(args: ExecutionArgs): ReturnType<Executors["execute"]>;
  subscribe(args: ExecutionArgs): ReturnType<Executors["subscribe"]>;
  /** Answers what yoga's own HTTP handling is for: event streams. */
  handle(request: IncomingMessage, response: ServerResponse, state: RequestState): Promise<void>;
}

type Executors = ReturnType<ReturnType<typeof createYoga>["getEnveloped"]>;

/** One context per request, limits, freshness, coded errors. */
export function createGateway(options: GatewayOptions, shared: SharedByGateways): Gateway {
  const { schema } = options;
  const known = createKnownTexts();
  const readText: ReadText<RequestState> = createReadText(
    { ...options, known, persisted: shared.persisted },
    () => enveloped,
  );
  const openContext = createContexts(options, shared);
  const yoga = createYoga<RequestState, RequestContext>({
    schema,
    graphqlEndpoint: "/graphql",
    landingPage: false,
    graphiql: false,
    cors: false,
    multipart: false,
    extraParamNames: ["documentId"],
    logging: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    maskedErrors: { maskError: toGraphQLError },
    // What readText has read; it remembers that itself.
    parserAndValidationCache: {
      documentCache: { get: (text) => known.get(text)?.document, set: () => undefined },
    },
    plugins: [
      createLimits(options.limits),
      limitTexts, // after createLimits, whose parser it guards
      ...(options.isSchemaHidden ? [hideSchema] : []),
      reportFreshness(options),
      explainAnswers(options.limits.maxCost),
      endOversized,
      compileOperations(schema),
      ...(options.admission || options.budget ? [admitOperations(options)] : []),
      reportYogaErrors(options),
      stopClockOfSubscriptions,
      readFirst(options, shared.persisted, readText),
    ],
    context: openContext,
  });
  // No plugin knows of a request what is not in its context, so one set of functions serves them all.
  const enveloped = yoga.getEnveloped();
  const { execute, subscribe } = enveloped;
  return {
    schema,
    readText,
    openContext: (state) => Object.assign(openContext(state), state),
    execute,
    subscribe,
    handle: async (request, response, state) => void (await yoga.handle(request, response, state)),
  };
}

/** Of what goes through yoga's own HTTP handling: its text is found, and read, before that looks for it. */
const readFirst = (
  options: GatewayOptions,
  persisted: PersistedQueries,
  readText: ReadText<RequestState>,
): Plugin => ({
  async onParams({ params, request, setParams, context }) {
    const { documentId, ...given } = params as typeof params & { readonly documentId?: unknown };
    // What createYoga passes on is the server's own state.
    const state = context as unknown as RequestState;
    const fromAddress =
      request.method === "GET" ? new URL(request.url).searchParams.get("documentId") : undefined;
    try {
      const read = persisted.read({ ...given, documentId: documentId ?? fromAddress });
      if (read === null) return;
      if (read.offered !== null) state.exchange.offered = read.offered;
      await readText(read.text, state);
      setParams({ ...given, query: read.text });
    } catch (error) {
      // What is thrown here is answered, and no hook is told of it.
      reportErrors(options, state.exchange, [toGraphQLError(error)]);
      throw error;
    }
  },
});

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
