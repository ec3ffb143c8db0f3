import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sendError } from "../monitor/http-server.ts";
import type { Frame } from "../web/shared/read-settings.ts";
import { type Body, createBody, type Encoding, findEncodings, send, sendBody } from "./body.ts";
import type { Page } from "./page.ts";

/** Where the files of all pages are, from the origin on; the build writes it into them. */
const ASSETS = "/assets/";
const DATA = "/data/";

/**
 * What a page may load: its own files. An outside address, and a script that was smuggled in, are refused by the
 * browser, whatever a later version of the packages asks for. Only styles are written in place, by editors and charts.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const contentTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".ttf": "font/ttf",
  ".svg": "image/svg+xml",
};

const suffixes: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz" };

/** The pages as `npm run build` left them, for one server. */
export interface Pages {
  /** Why there are none, with the remedy; null when they are there. */
  findFault(): string | null;
  /** Answers what belongs to a page (itself, its data, a file of the build); false for every other path, which is left alone. */
  serve(path: string | undefined, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** The same of files of the build alone, which tell nothing of any project. */
  serveFile(path: string | undefined, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

export interface PagesOptions {
  /** What the whole is called, in each page's title. */
  readonly title: string;
  readonly pages: readonly Page[];
  /** What the build left; default: beside the commands in `dist`. */
  readonly folder?: string;
  /** Whose pages they are: told in the frame, beside the way out. Default: everybody's. */
  readonly role?: string;
}

/**
 * Serves pages, each with its settings and a navigation to the others. A page and its data are asked for again each time
 * (304 when they are the same); files may be kept for ever, for their names hold their hashes.
 */
export function createPages({ title, pages, role, folder = findBuiltPages() }: PagesOptions): Pages {
  const links = pages.map((page) => ({ title: page.title, path: page.path }));
  const bodies = new Map<string, Promise<Body>>();
  const keep = (key: string, make: () => Promise<Body>) => {
    const body = bodies.get(key) ?? make();
    bodies.set(key, body);
    // What failed is tried again.
    body.catch(() => bodies.delete(key));
    return body;
  };
  const findFault = (page = pages[0]) =>
    page === undefined || existsSync(join(folder, page.name, "index.html"))
      ? null
      : "The pages for browsers are not built; queries are answered all the same. `npm run build` builds them.";

  async function sendPage(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = findFault(page);
    if (fault !== null) return sendError(response, 503, "SETUP_FAILED", fault);
    const frame: Frame = { title, path: page.path, pages: links, ...(role !== undefined && { role }) };
    const body = await keep(page.path, () => readPage(join(folder, page.name, "index.html"), frame, page));
    await sendBody(body, request, response);
  }

  async function sendData(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [name = "", key = ""] = path.slice(DATA.length, -".json".length).split("/");
    const data = pages.find((page) => page.name === name)?.data;
    const make = data && Object.hasOwn(data, key) ? data[key] : undefined;
    if (!make || !path.endsWith(".json")) return sendMissing(response);
    const read = async () => createBody("application/json; charset=utf-8", JSON.stringify(await make()));
    await sendBody(await keep(`${DATA}${name}/${key}`, read), request, response);
  }

  const serveFile: Pages["serveFile"] = async (path, request, response) => {
    if (!path?.startsWith(ASSETS) || !isRead(request)) return false;
    response.setHeader("content-security-policy", contentSecurityPolicy);
    await sendFile(folder, path.slice(ASSETS.length), request, response);
    return true;
  };

  return {
    findFault: () => findFault(),
    async serve(path, request, response) {
      if (path === undefined || !isRead(request)) return false;
      if (await serveFile(path, request, response)) return true;
      const page = findPage(pages, path);
      if (!page && !path.startsWith(DATA)) return false;
      response.setHeader("content-security-policy", contentSecurityPolicy);
      if (page) await sendPage(page, request, response);
      else await sendData(path, request, response);
      return true;
    },
    serveFile,
  };
}

const isRead = ({ method }: IncomingMessage): boolean => method === "GET" || method === "HEAD";

const findPage = (pages: readonly Page[], path: string): Page | undefined =>
  pages.find((page) => path === page.path || (page.hasPaths && path.startsWith(`${page.path}/`)));

async function readPage(file: string, frame: Frame, { title, settings }: Page): Promise<Body> {
  // Inside a script element `<` could end it.
  const json = JSON.stringify({ frame, own: settings }).replaceAll("<", "\\u003c");
  const html = (await readFile(file, "utf8"))
    .replace('"SETTINGS"', () => json)
    .replace("TITLE", () => escapeText(`${title} · ${frame.title}`));
  return createBody("text/html; charset=utf-8", html);
}

const escapeText = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

async function sendFile(
  folder: string,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const type = contentTypes[extname(name)];
  // Names as the build gives them: nothing that leaves the folder.
  const file = join(folder, "assets", name);
  if (type === undefined || !/^[\w.-]+$/.test(name) || !existsSync(file)) return sendMissing(response);
  const encoding = findEncodings(request).find((one) => existsSync(file + suffixes[one]));
  const body = await readFile(encoding ? file + suffixes[encoding] : file);
  response.setHeader("cache-control", "public, max-age=31536000, immutable");
  response.setHeader("vary", "accept-encoding");
  send(response, body, type, encoding);
}

const sendMissing = (response: ServerResponse): void =>
  sendError(response, 404, "USAGE", "There is no such file. Load the page again.");

/** Beside the commands in `dist` of this package, whether these run from there or from their sources. */
function findBuiltPages(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, "dist", "web");
}
