import type { IncomingMessage, ServerResponse } from "node:http";
import { constants } from "node:zlib";
import compression from "compression";

/** Smaller answers take longer to compress than to send. */
const LEAST_BYTES = 1500;

/** Lets an answer be compressed (brotli, gzip) where its client takes that; event streams are sent as they come. */
export function createCompression(): (request: IncomingMessage, response: ServerResponse) => void {
  const compress = compression({
    threshold: LEAST_BYTES,
    level: 4,
    brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 19 } },
    filter: (_request, response) =>
      /^application\/(?:graphql-response\+)?json\b/.test(String(response.getHeader("content-type"))),
  }) as unknown as (request: IncomingMessage, response: ServerResponse, next: () => void) => void; // of Express, which it does not need
  return (request, response) => {
    if (request.headers["accept-encoding"] !== undefined) compress(request, response, () => undefined);
  };
}
