import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
} from "graphql";
import { VitrineError } from "../errors.ts";
import type { AnswerTags } from "./answer-tags.ts";
import { type CacheSettings, readCacheSettings, startCaching } from "./cache-answers.ts";
import { readAdvice, toGraphQLError } from "./graphql-errors.ts";
import { chooseForm } from "./media-type.ts";
import type { PersistedQueries } from "./persisted-queries.ts";
import { type Asked, readRequest } from "./read-request.ts";
import type { Gateway, RequestState } from "./yoga.ts";

/** Whether a request takes the short road: a query in a post or in the address, to be answered by one JSON body. */
export const isPlainQuery = ({ method, headers, url = "" }: IncomingMessage): boolean =>
  (method === "POST" || (method === "GET" && /[?&](?:query|extensions|documentId)=/.test(url))) &&
  chooseForm(headers.accept) !== "stream";

/** What all requests share. */
export interface AnswerSettings {
  readonly persisted: PersistedQueries;
  /** Absent: no answer has a tag. */
  readonly tags?: AnswerTags | undefined;
  /** What answers depend on of who asks. */
  readonly asker: readonly unknown[];
}

/**
 * Answers a query through the same plugins as yoga's own HTTP handling, without its detour over fetch's Request,
 * Response and streams, which Node builds anew for each request.
 */
export async function answerJson(
  gateway: Gateway,
  state: RequestState,
  res: ServerResponse,
  settings: AnswerSettings & { readonly report: (errors: readonly GraphQLError[]) => void },
): Promise<void> {
  const answered = await answer(gateway, state, settings);
  const { result, batched } = answered;
  // Whoever is to come again later is told so in any media type.
  const { status, headers } = readAdvice(result?.errors) ?? answered;
  if (result?.errors) settings.report(result.errors);
  if (res.destroyed) return;
  if (headers) for (const [name, value] of Object.entries(headers)) setHeader(res, name, value);
  if (result === null) {
    res.writeHead(status).end();
    return;
  }
  // A client that batches looks for as many answers as it sent requests.
  const body = JSON.stringify(batched === undefined ? result : Array(Math.min(batched, 100)).fill(result));
  const isResponse = chooseForm(state.req.headers.accept) === "response";
  res.writeHead(isResponse && result.data === undefined ? statusOf(result, status) : status, {
    "content-type": `application/${isResponse ? "graphql-response+json" : "json"}; charset=utf-8`,
    "content-length": Buffer.byteLength(body),
  });
  res.end(body);
}

interface Answered {
  readonly status: number;
  /** Null: the client has the answer already. */
  readonly result: ExecutionResult | null;
  readonly batched?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

const refuse = (error: unknown, status = 200, headers?: Answered["headers"]): Answered => ({
  status,
  headers,
  result: { errors: [toGraphQLError(error)] },
});

async function answer(gateway: Gateway, state: RequestState, settings: AnswerSettings): Promise<Answered> {
  const asked = await readRequest(state.req, settings.persisted);
  if ("error" in asked) return { ...refuse(asked.error, asked.status), batched: asked.batched };
  if (asked.offered !== null) state.exchange.offered = asked.offered;
  if (state.req.method !== "GET") return execute(gateway, state, asked);
  const cache = startCaching(readCacheSettings(state.req, asked, settings.asker), settings.tags);
  const known = await cache.findKnown();
  if (known) return { status: 304, result: null, headers: known };
  return execute(gateway, state, asked, cache);
}

async function execute(
  gateway: Gateway,
  state: RequestState,
  { query, variables, operationName }: Asked,
  cache?: CacheSettings,
): Promise<Answered> {
  try {
    const reading = gateway.readText(query, state);
    const { document, problems } = reading instanceof Promise ? await reading : reading;
    if (problems.length > 0) return { status: 200, result: { errors: problems.map(toGraphQLError) } };
    const { operation } = readOperation(document, operationName);
    if (operation === "subscription")
      return refuse(
        new VitrineError("QUERY_INVALID", "Subscribe with `accept: text/event-stream`, or over WebSocket."),
      );
    // A link must not be able to write.
    if (operation === "mutation" && cache)
      return refuse(new VitrineError("QUERY_INVALID", "Send mutations by POST."), 405, { allow: "POST" });
    const { schema } = gateway;
    const contextValue = gateway.openContext(state);
    const result: ExecutionResult = await gateway.execute({
      ...{ schema, document, contextValue, operationName },
      variableValues: variables,
    });
    return { status: 200, result, headers: cache?.describe(result, contextValue.reads, state.exchange) };
  } catch (error) {
    return refuse(error);
  }
}

/** Of an answer that has no data, in the newer media type. */
function statusOf({ errors = [] }: ExecutionResult, otherwise: number): number {
  if (otherwise !== 200) return otherwise;
  const codes = errors.map(({ extensions }) => extensions.code);
  return codes.includes("INTERNAL") ? 500 : 400;
}

/** Others may have written what the answer varies by. */
function setHeader(res: ServerResponse, name: string, value: string): void {
  const before = name === "vary" ? res.getHeader(name) : undefined;
  res.setHeader(name, before === undefined ? value : `${before}, ${value}`);
}

/** The operation that is meant. @throws VitrineError QUERY_INVALID when that is not clear */
export function readOperation(
  document: DocumentNode,
  operationName: string | null | undefined,
): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (operation) return operation;
  throw new VitrineError("QUERY_INVALID", "operationName does not name one operation of the query.");
}
