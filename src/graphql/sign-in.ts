import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identify } from "../access/identify.ts";
import type { Sessions } from "../access/sessions.ts";
import { VitrineError } from "../errors.ts";
import { isOwnOrigin } from "../monitor/allowed-origins.ts";
import { sendError, sendJson } from "../monitor/http-server.ts";
import type { Page } from "../pages/page.ts";
import { createPages } from "../pages/serve-pages.ts";

/** Where a browser's visitor says who they are. */
const SIGN_IN = "/sign-in";
/** Where they end that. */
const SIGN_OUT = "/sign-out";

const MOST_BYTES = 20_000;

const page: Page = { name: "sign-in", path: SIGN_IN, title: "Sign in", settings: {} };

/** Browsers carry a session in a cookie that no script can read. */
export interface SignIn {
  /** Answers what belongs to it; false for every other path, which is left alone. @throws VitrineError UNAUTHENTICATED, FORBIDDEN */
  answer(path: string | undefined, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/** @param title what the whole is called */
export function createSignIn(identify: Identify, sessions: Sessions, title: string): SignIn {
  const pages = createPages({ title, pages: [page] });
  return {
    async answer(path, request, response) {
      if (path !== SIGN_IN && path !== SIGN_OUT) return pages.serveFile(path, request, response);
      if (path === SIGN_IN && request.method !== "POST") return pages.serve(path, request, response);
      const { origin, host } = request.headers;
      if (request.method !== "POST" || !isJson(request) || (origin && !isOwnOrigin(origin, host))) {
        sendError(response, 403, "USAGE", "Post to it as JSON, from the page itself.");
        return true;
      }
      const token = path === SIGN_IN ? readToken(await readBody(request)) : "";
      const principal = token === "" ? null : await identify(request, token);
      response.setHeader(
        "set-cookie",
        principal ? await sessions.begin(token, request) : sessions.end(request),
      );
      response.setHeader("cache-control", "no-store");
      sendJson(response, 200, { name: principal?.name ?? null, role: principal?.role ?? null });
      return true;
    },
  };
}

/** Shows a browser that asks for a page, and whose visitor is not known, where to sign in; false for anything else. */
export function sendToSignIn(error: unknown, request: IncomingMessage, response: ServerResponse): boolean {
  const isPage = request.method === "GET" && (request.headers.accept?.includes("text/html") ?? false);
  if (!isPage || !(error instanceof VitrineError) || error.code !== "UNAUTHENTICATED") return false;
  const to = new URLSearchParams({ to: request.url ?? "/" });
  response.writeHead(303, { location: `${SIGN_IN}?${to}`, "cache-control": "no-store" }).end();
  return true;
}

const isJson = ({ headers }: IncomingMessage): boolean =>
  /^application\/json\b/i.test(headers["content-type"] ?? "");

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES)
      throw new VitrineError("UNAUTHENTICATED", "That is longer than any key or token.");
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Of `{ "token": "…" }`. */
function readToken(body: string): string {
  let token: unknown;
  try {
    token = (JSON.parse(body) as { readonly token?: unknown } | null)?.token;
  } catch {
    // Told below.
  }
  if (typeof token !== "string" || !/^[\w.~+/=-]+$/.test(token))
    throw new VitrineError("UNAUTHENTICATED", "This is no key and no token.");
  return token;
}
