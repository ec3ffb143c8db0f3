import type { IncomingMessage, ServerResponse } from "node:http";
import { sendError } from "./http-server.ts";

/** Pages of which sites may use the server. */
export interface OriginRule {
  /** Whether a page of this site may: one of the server's own, of a site it was told, and what is no page at all. */
  allows(request: Pick<IncomingMessage, "headers">): boolean;
  /**
   * Tells a browser what the page may read of the answer, and answers its question beforehand (`OPTIONS`). True: all is
   * said. A page that may not read still gets its request answered, as any program does: a cookie counts for pages of the server itself only.
   */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
}

/** What a page may send. */
const allowedHeaders =
  "accept, authorization, content-type, if-none-match, x-vitrine-after-write, x-vitrine-explain, x-vitrine-cost, apollo-require-preflight, x-apollo-operation-name";
/** What a page may read beside the body. */
const exposedHeaders = "etag, x-request-id, x-vitrine-freshness, content-disposition, retry-after";
/** How long a browser need not ask again, in seconds. */
const KEPT = "7200";

/** @param origins `https://shop.example` each; `*`: of any site */
export function createOriginRule(origins: readonly string[]): OriginRule {
  const known = new Set(origins.map((origin) => origin.toLowerCase()));
  const isNamed = (origin: string) => known.has("*") || known.has(origin.toLowerCase());
  const allows: OriginRule["allows"] = ({ headers: { origin, host } }) =>
    origin === undefined || isNamed(origin) || isOwnOrigin(origin, host);
  return {
    allows,
    answer(request, response) {
      const { origin } = request.headers;
      // What one site may read, a cache must not give to another; nor what it got for no page, which names no site.
      if (known.size > 0) response.setHeader("vary", "origin");
      if (origin === undefined) return false;
      const isAllowed = allows(request);
      const isAsking = request.method === "OPTIONS" && "access-control-request-method" in request.headers;
      if (isAllowed && isNamed(origin)) {
        response.setHeader("access-control-allow-origin", origin);
        response.setHeader("access-control-expose-headers", exposedHeaders);
      }
      if (!isAsking) return false;
      if (!isAllowed) {
        const stranger = `Pages of ${origin.slice(0, 100)} may not use this server. VITRINE_ALLOWED_ORIGINS allows origins.`;
        sendError(response, 403, "USAGE", stranger);
        return true;
      }
      response.setHeader("access-control-allow-methods", "GET, POST");
      response.setHeader("access-control-allow-headers", allowedHeaders);
      response.setHeader("access-control-max-age", KEPT);
      response.writeHead(204).end();
      return true;
    },
  };
}

/** Whether a page of this origin came from the server that is asked under this `Host`. */
export const isOwnOrigin = (origin: string, host: string | undefined): boolean =>
  URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
