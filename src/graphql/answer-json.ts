import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
} from "graphql";
import { VitrineError } from "../errors.ts";
import { toGraphQLError } from "./graphql-errors.ts";
import { MAX_NESTING, nestedTooDeeply, nestsDeeper } from "./text-limits.ts";
import { type createGateway, MAX_BODY_BYTES, type RequestState } from "./yoga.ts";

/** Whether a request takes the short road: a query posted as JSON, to be answered by one JSON body. */
export const isPlainQuery = ({ method, headers }: IncomingMessage): boolean =>
  method === "POST" && !/event-stream|multipart|graphql-response/.test(headers.accept ?? "");

/**
 * Answers a query posted as JSON through the same plugins as yoga's own HTTP handling, without its detour over
 * fetch's Request, Response and streams, which Node builds anew for each request.
 */
export async function answerJson(
  gateway: ReturnType<typeof createGateway>,
  state: RequestState,
  res: ServerResponse,
  report: (errors: readonly GraphQLError[]) => void,
): Promise<void> {
  const { status, result } = await answer(gateway, state);
  if (result.errors) report(result.errors);
  if (res.destroyed) return;
  const body = JSON.stringify(result);
  res.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  res.end(body);
}

interface Answered {
  readonly status: number;
  readonly result: ExecutionResult;
}

async function answer(gateway: ReturnType<typeof createGateway>, state: RequestState): Promise<Answered> {
  const refuse = (error: unknown, status = 200): Answered => {
    const coded = toGraphQLError(error);
    return { status, result: { errors: [coded] } };
  };
  const text = await readBody(state.req);
  if (text === null) return refuse(new VitrineError("LIMIT_EXCEEDED", "The body is too large."), 413);
  if (nestsDeeper(text, MAX_NESTING)) return refuse(nestedTooDeeply());
  const params = readParams(text);
  if (!params)
    return refuse(new VitrineError("QUERY_INVALID", "The body is no JSON object with a query."), 400);
  const { query, variables, operationName } = params;
  const { schema, parse, validate, contextFactory, execute } = gateway.getEnveloped(state);
  let document: ReturnType<typeof parse>;
  try {
    document = parse(query);
  } catch (error) {
    return refuse(error);
  }
  try {
    const problems: readonly GraphQLError[] = validate(schema, document);
    if (problems.length > 0) return { status: 200, result: { errors: problems.map(toGraphQLError) } };
    if (readOperation(document, operationName).operation === "subscription")
      return refuse(
        new VitrineError("QUERY_INVALID", "Subscribe with `accept: text/event-stream`, or over WebSocket."),
      );
    const contextValue = await contextFactory();
    const result = await execute({
      schema,
      document,
      contextValue,
      variableValues: variables,
      operationName,
    });
    return { status: 200, result };
  } catch (error) {
    return refuse(error);
  }
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

/** What a request asks. */
export interface Params {
  readonly query: string;
  readonly variables: Record<string, unknown> | undefined;
  readonly operationName: string | undefined;
}

/** Of a body; null when it is no JSON object with a query. */
export function readParams(text: string): Params | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return null;
    const { query, variables, operationName } = parsed as Record<string, unknown>;
    if (typeof query !== "string") return null;
    if (variables !== undefined && (typeof variables !== "object" || Array.isArray(variables))) return null;
    return {
      query,
      variables: (variables ?? undefined) as Record<string, unknown> | undefined, // an object, as just checked
      operationName: typeof operationName === "string" ? operationName : undefined,
    };
  } catch {
    return null;
  }
}

/** The whole body as text; null when it is larger than allowed, and then the rest is not read. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length; // no encoding is set on the request
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
