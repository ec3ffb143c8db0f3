import { GraphQLError } from "graphql";
import { type ErrorCode, errorCatalogue, VitrineError } from "../errors.ts";

/** Beside the error and not in it: yoga answers 500 to an error that has an original one. */
const causes = new WeakMap<GraphQLError, unknown>();

/** What a GraphQL error made here came from, for the log. */
export const causeOf = (error: GraphQLError): unknown => causes.get(error) ?? error;

/** GraphQL quotes what it refuses, however long that is. */
const MAX_MESSAGE = 1000;

const MASKED = "An internal error occurred. The server's log has the cause under this request's id.";

/** Before any field has run, the spec's media type asks for status 400; application/json stays at 200. */
const refusedRequest = { http: { status: 400, spec: true } };

/** Whoever is to come again later looks at the status, in whatever media type. */
const laterRequest = ({ code, details }: VitrineError) =>
  code === ("OVERLOADED" satisfies ErrorCode)
    ? { http: { status: 503, headers: { "retry-after": String(details.retryAfterSeconds) } } }
    : {};

/**
 * The one place where errors become GraphQL errors: each gets `extensions.code` from the catalogue; what is not
 * meant for clients is masked. The cause is kept for the log (causeOf) and never sent.
 */
export function toGraphQLError(error: unknown): GraphQLError {
  const located = error instanceof GraphQLError ? error : undefined;
  if (located && causes.has(located)) return located;
  const own = findOwn(error);
  const http = located?.path ? {} : refusedRequest;
  if (own)
    return build(located, own, own.code, own.message, { ...own.details, ...http, ...laterRequest(own) });
  if (!located) return build(undefined, error, "INTERNAL", MASKED);
  const code = codeOf(located);
  const message = located.message.replace(/^Syntax Error: (?=Query|Aliases)/, "");
  return build(
    located,
    error,
    code,
    message,
    isHttp(located.extensions.http) ? { http: located.extensions.http } : http,
  );
}

/** A GraphQL error that already has its code. */
export const codedError = (error: GraphQLError, code: ErrorCode): GraphQLError =>
  build(error, error, code, error.message, { ...refusedRequest, ...error.extensions });

function findOwn(error: unknown): VitrineError | undefined {
  let inner = error;
  while (inner instanceof GraphQLError && inner.originalError) inner = inner.originalError;
  return inner instanceof VitrineError ? inner : undefined;
}

/** The code of an error that GraphQL itself made. */
function codeOf(error: GraphQLError): ErrorCode {
  const { code, http } = error.extensions;
  if (typeof code === "string" && code in errorCatalogue) return code as ErrorCode;
  if (error.message.startsWith('Variable "$')) return "BAD_INPUT";
  if (isHttp(http))
    return http.status === 413 ? "LIMIT_EXCEEDED" : http.status < 500 ? "QUERY_INVALID" : "INTERNAL";
  // Below a path the resolvers run: what fails there and is not ours is a fault, save an argument of a wrong value.
  if (error.path) return error.message.startsWith('Argument "') ? "BAD_INPUT" : "INTERNAL";
  return error.originalError && !(error.originalError instanceof GraphQLError) ? "INTERNAL" : "QUERY_INVALID";
}

/** Status and headers of an answer to an operation that did not run, where they are the same in every media type. */
export function readAdvice([error]: readonly GraphQLError[] = []): Advice | undefined {
  const http = error?.extensions.http;
  return isHttp(http) && "headers" in http ? (http as Advice) : undefined; // written by laterRequest and nobody else
}

interface Advice {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

const isHttp = (http: unknown): http is { readonly status: number } =>
  typeof http === "object" && http !== null && "status" in http && typeof http.status === "number";

function build(
  located: GraphQLError | undefined,
  cause: unknown,
  code: ErrorCode,
  message: string,
  { http, ...details }: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  const { exposed } = errorCatalogue[code];
  // A rule of the domain has a code of its own, which clients may rely on.
  const extensions = { ...(exposed ? details : {}), code: details.rule ?? code };
  // Advice to yoga, which may write to it too, and which no client needs to see.
  Object.defineProperty(extensions, "http", { value: http, enumerable: false, writable: true });
  const shown = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
  const built = new GraphQLError(exposed ? shown : MASKED, {
    nodes: located?.nodes ?? null,
    source: located?.source ?? null,
    positions: located?.positions ?? null,
    path: located?.path ?? null,
    extensions,
  });
  causes.set(built, cause);
  return built;
}
