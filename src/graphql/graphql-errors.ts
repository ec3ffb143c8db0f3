import { GraphQLError } from "graphql";
import { type ErrorCode, errorCatalogue, VitrineError } from "../errors.ts";

const MASKED = "An internal error occurred. The server's log has the cause under this request's id.";

/**
 * The one place where errors become GraphQL errors: each gets `extensions.code` from the catalogue; what is not
 * meant for clients is masked. The cause stays in `originalError`, which is logged and never sent.
 */
export function toGraphQLError(error: unknown): GraphQLError {
  const located = error instanceof GraphQLError ? error : undefined;
  const own = findOwn(error);
  if (own) return build(located, own, own.code, own.message, own.details);
  if (!located) return build(undefined, error, "INTERNAL", MASKED);
  const code = codeOf(located);
  return build(
    located,
    error,
    code,
    located.message.replace(/^Syntax Error: (?=Query|Aliases)/, ""),
    located.extensions,
  );
}

/** A GraphQL error that already has its code. */
export const codedError = (error: GraphQLError, code: ErrorCode): GraphQLError =>
  build(error, error, code, error.message, error.extensions);

function findOwn(error: unknown): VitrineError | undefined {
  let inner = error;
  while (inner instanceof GraphQLError && inner.originalError) inner = inner.originalError;
  return inner instanceof VitrineError ? inner : undefined;
}

/** The code of an error that GraphQL itself made. */
function codeOf(error: GraphQLError): ErrorCode {
  const { code, http } = error.extensions;
  if (typeof code === "string" && code in errorCatalogue) return code as ErrorCode;
  if (isHttp(http))
    return http.status === 413 ? "LIMIT_EXCEEDED" : http.status < 500 ? "QUERY_INVALID" : "INTERNAL";
  // Below a path the resolvers run: what fails there and is not ours is a fault, save an argument of a wrong value.
  if (error.path) return error.message.startsWith('Argument "') ? "BAD_INPUT" : "INTERNAL";
  return error.originalError && !(error.originalError instanceof GraphQLError) ? "INTERNAL" : "BAD_INPUT";
}

const isHttp = (http: unknown): http is { readonly status: number } =>
  typeof http === "object" && http !== null && "status" in http && typeof http.status === "number";

function build(
  located: GraphQLError | undefined,
  cause: unknown,
  code: ErrorCode,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  const { exposed } = errorCatalogue[code];
  return new GraphQLError(exposed ? message : MASKED, {
    nodes: located?.nodes ?? null,
    source: located?.source ?? null,
    positions: located?.positions ?? null,
    path: located?.path ?? null,
    originalError: cause instanceof Error ? cause : null,
    extensions: { ...(exposed ? details : {}), code },
  });
}
