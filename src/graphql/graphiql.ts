import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { renderGraphiQL } from "@graphql-yoga/render-graphiql";
import type { Example } from "./examples.ts";

const compress = promisify(gzip);

/**
 * What the page may load: itself and its own workers. An outside address is refused by the browser, whatever a
 * later version of the packages asks for.
 */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "frame-ancestors 'none'",
].join("; ");

/** Serves GraphiQL from the installed packages: 9 MB, so compressed once and cached by its hash. */
export function createGraphiql(title: string, examples: readonly Example[]) {
  let page: Promise<{ readonly plain: Buffer; readonly gzipped: Buffer; readonly tag: string }> | undefined;
  const build = async () => {
    const [first] = examples;
    const html = renderGraphiQL({
      title,
      ...(first
        ? {
            defaultQuery: first.query,
            defaultTabs: examples.map(({ query, variables }) => ({ query, variables })),
          }
        : {}),
    });
    const plain = Buffer.from(html);
    const tag = `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
    return { plain, gzipped: await compress(plain), tag };
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    page ??= build();
    const { plain, gzipped, tag } = await page;
    response.setHeader("etag", tag);
    response.setHeader("cache-control", "no-cache");
    response.setHeader("vary", "accept, accept-encoding");
    response.setHeader("content-security-policy", contentSecurityPolicy);
    if (request.headers["if-none-match"] === tag) {
      response.writeHead(304).end();
      return;
    }
    const zipped = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
    const body = zipped ? gzipped : plain;
    if (zipped) response.setHeader("content-encoding", "gzip");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-length": body.length });
    response.end(body);
  };
}
