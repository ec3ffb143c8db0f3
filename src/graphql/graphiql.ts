import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { sendError } from "../monitor/http-server.ts";
import type { PageSettings } from "../web/graphiql/page-settings.ts";
import type { Example } from "./examples.ts";

const compress = promisify(gzip);

/** Where the page's files are, from its origin on; the build writes it into them. */
const FILES = "/graphiql/";

/**
 * What the page may load: its own files. An outside address, and a script that was smuggled in, are refused by the
 * browser, whatever a later version of the packages asks for. Only styles are written in place, by the editors.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const contentTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".ttf": "font/ttf",
};

/** GraphiQL as `npm run build` left it, for one server. */
export interface Graphiql {
  /** Why there is no page, with the remedy; null when there is one. */
  findFault(): string | null;
  /** Whether a path is one of the page's files. */
  has(path: string | undefined): path is string;
  sendPage(request: IncomingMessage, response: ServerResponse): Promise<void>;
  sendFile(path: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Serves the page with the examples in its tabs; its files may be kept for ever, for their names hold their hashes. */
export function createGraphiql(
  title: string,
  examples: readonly Example[],
  folder = findBuiltPage(),
): Graphiql {
  const tabs = examples.map(({ query, variables }) => ({ query, variables }));
  let page: Promise<Page> | undefined;
  const findFault = () =>
    existsSync(join(folder, "index.html"))
      ? null
      : "GraphiQL's page is not built; queries are answered all the same. `npm run build` builds it.";

  return {
    findFault,
    has: (path): path is string => path?.startsWith(FILES) ?? false,
    async sendPage(request, response) {
      const fault = findFault();
      if (fault !== null) return sendError(response, 503, "SETUP_FAILED", fault);
      page ??= readPage(join(folder, "index.html"), { title, tabs });
      const { plain, gzipped, tag } = await page;
      response.setHeader("etag", tag);
      response.setHeader("cache-control", "no-cache");
      response.setHeader("vary", "accept, accept-encoding");
      if (request.headers["if-none-match"] === tag) {
        response.writeHead(304).end();
        return;
      }
      const [encoding] = findEncodings(request).filter((name) => name === "gzip");
      send(response, encoding ? gzipped : plain, "text/html; charset=utf-8", encoding);
    },
    async sendFile(path, request, response) {
      const name = path.slice(FILES.length);
      const type = contentTypes[extname(name)];
      // Names as the build gives them: nothing that leaves the folder.
      const isName = type !== undefined && /^assets\/[\w.-]+$/.test(name);
      if (!isName || !existsSync(join(folder, name)))
        return sendError(response, 404, "USAGE", "There is no such file. Load the page again.");
      const encoding = findEncodings(request).find((one) => existsSync(join(folder, name + suffixes[one])));
      const body = await readFile(join(folder, encoding ? name + suffixes[encoding] : name));
      response.setHeader("cache-control", "public, max-age=31536000, immutable");
      response.setHeader("vary", "accept-encoding");
      send(response, body, type, encoding);
    },
  };
}

interface Page {
  readonly plain: Buffer;
  readonly gzipped: Buffer;
  readonly tag: string;
}

async function readPage(file: string, settings: PageSettings): Promise<Page> {
  // Inside a script element `<` could end it.
  const json = JSON.stringify(settings).replaceAll("<", "\\u003c");
  const plain = Buffer.from((await readFile(file, "utf8")).replace('"SETTINGS"', () => json));
  const tag = `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
  return { plain, gzipped: await compress(plain), tag };
}

type Encoding = "br" | "gzip";

const suffixes: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz" };

function findEncodings(request: IncomingMessage): readonly Encoding[] {
  const accepted = String(request.headers["accept-encoding"] ?? "");
  return (["br", "gzip"] as const).filter((name) =>
    new RegExp(`\\b${name}\\b(?!;q=0(\\.0*)?(,|$))`).test(accepted),
  );
}

function send(response: ServerResponse, body: Buffer, type: string, encoding: Encoding | undefined): void {
  response.setHeader("content-security-policy", contentSecurityPolicy);
  if (encoding) response.setHeader("content-encoding", encoding);
  response.writeHead(200, { "content-type": type, "content-length": body.length });
  response.end(body);
}

/** Beside the commands in `dist` of this package, whether these run from there or from their sources. */
function findBuiltPage(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, "dist", "graphiql");
}
