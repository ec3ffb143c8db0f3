import type { IncomingMessage } from "node:http";
import { VitrineError } from "../errors.ts";
import type { PersistedQueries } from "./persisted-queries.ts";
import { MAX_NESTING, nestedTooDeeply, nestsDeeper } from "./text-limits.ts";

/** A larger body is refused: no query of a person or of a generated client is. */
export const MAX_BODY_BYTES = 1_000_000;

/** A request of GraphQL over HTTP. */
export interface Asked {
  readonly query: string;
  readonly variables: Record<string, unknown> | undefined;
  readonly operationName: string | undefined;
  /** The hash under which the query wants to be remembered; null: it does not. */
  readonly offered: string | null;
}

/** Why there is none; `status`: also for `application/json`, since it is no request at all. */
export interface RefusedRequest {
  readonly error: VitrineError;
  readonly status?: number;
  /** How many requests were sent as one, each of which is refused. */
  readonly batched?: number;
}

/** Reads what a client asks: the body of a post, else the address. */
export async function readRequest(
  request: IncomingMessage,
  persisted: PersistedQueries,
): Promise<Asked | RefusedRequest> {
  const isGet = request.method === "GET";
  const text = isGet ? (request.url ?? "") : await readBody(request);
  if (text === null)
    return { error: new VitrineError("LIMIT_EXCEEDED", "The body is too large."), status: 413 };
  const params = isGet ? readAddress(text) : readParams(text);
  if (params instanceof VitrineError) return { error: params };
  if (Array.isArray(params) && params.length > 0)
    return { error: new VitrineError("QUERY_INVALID", NO_BATCHES), batched: params.length };
  if (typeof params !== "object" || params === null) return noRequest(isGet);
  return toAsked(params as Readonly<Record<string, unknown>>, persisted) ?? noRequest(isGet);
}

const NO_BATCHES =
  "Operations are not batched here: send each as a request of its own, or several root fields in one operation.";

const noRequest = (isGet: boolean): RefusedRequest => ({
  error: new VitrineError(
    "QUERY_INVALID",
    isGet ? "The address has no query." : "The body is no JSON object with a query.",
  ),
  status: 400,
});

function toAsked(
  { query, variables, operationName, extensions, documentId }: Readonly<Record<string, unknown>>,
  persisted: PersistedQueries,
): Asked | RefusedRequest | undefined {
  if (query !== undefined && query !== null && typeof query !== "string") return undefined;
  if (variables !== undefined && (typeof variables !== "object" || Array.isArray(variables)))
    return undefined;
  try {
    const read = persisted.read({ query, extensions, documentId });
    if (read === null) return undefined;
    return {
      query: read.text,
      offered: read.offered,
      variables: (variables ?? undefined) as Record<string, unknown> | undefined, // an object, as just checked
      operationName: typeof operationName === "string" ? operationName : undefined,
    };
  } catch (error) {
    if (error instanceof VitrineError) return { error };
    throw error;
  }
}

function readParams(text: string): unknown {
  if (nestsDeeper(text, MAX_NESTING)) return nestedTooDeeply();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The server has made sure that what should be JSON is. */
function readAddress(url: string): unknown {
  const given = new URLSearchParams(url.slice(url.indexOf("?")));
  const read = (name: string): unknown => {
    const text = given.get(name);
    return text ? readParams(text) : undefined;
  };
  const [variables, extensions] = [read("variables"), read("extensions")];
  if (variables instanceof VitrineError) return variables;
  return {
    query: given.get("query") ?? undefined,
    variables: variables ?? undefined,
    operationName: given.get("operationName") || undefined,
    extensions,
    documentId: given.get("documentId") ?? undefined,
  };
}

/**
 * The whole body as text; null when it is larger than allowed, and then the rest is not read. By its events: Node's iterator over
 * a stream takes a thirtieth of all that a small request takes (measured).
 */
function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= MAX_BODY_BYTES) return;
      request.off("data", take).pause();
      resolve(null);
    };
    request.on("data", take);
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject); // also when the client leaves before all of it is here
  });
}
