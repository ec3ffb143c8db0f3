import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, gzip, constants as zlib } from "node:zlib";

/** How a browser may want a body compressed, best first. */
export const encodings = ["br", "gzip"] as const;
export type Encoding = (typeof encodings)[number];

/** A text that is sent again and again: kept with its hash, and as compressed as somebody asked for it. */
export interface Body {
  readonly type: string;
  readonly tag: string;
  read(encoding: Encoding | undefined): Promise<Buffer>;
}

/** Below this many bytes compression gains nothing. */
const WORTHWHILE = 1000;

const compressors: Readonly<Record<Encoding, (plain: Buffer) => Promise<Buffer>>> = {
  // The highest quality takes ten times as long for a tenth less.
  br: (plain) => promisify(brotliCompress)(plain, { params: { [zlib.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: promisify(gzip),
};

/** Holds a text for sending; compresses it when it is first asked for in that form. */
export function createBody(type: string, text: string): Body {
  const plain = Buffer.from(text);
  const compressed = new Map<Encoding, Promise<Buffer>>();
  return {
    type,
    tag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
    read(encoding) {
      if (encoding === undefined || plain.length < WORTHWHILE) return Promise.resolve(plain);
      const made = compressed.get(encoding) ?? compressors[encoding](plain);
      compressed.set(encoding, made);
      return made;
    },
  };
}

/** Sends a body, or 304 to a browser that has it: it is asked for again each time. */
export async function sendBody(
  body: Body,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("etag", body.tag);
  // What is for some only is kept by nobody else.
  if (!response.hasHeader("cache-control")) response.setHeader("cache-control", "no-cache");
  addVary(response, "accept, accept-encoding");
  if (request.headers["if-none-match"] === body.tag) {
    response.writeHead(304).end();
    return;
  }
  const [encoding] = findEncodings(request);
  const [plain, content] = [await body.read(undefined), await body.read(encoding)];
  send(response, content, body.type, content === plain ? undefined : encoding);
}

/** Names request headers that an answer depends on, beside those that are named already. */
export function addVary(response: ServerResponse, names: string): void {
  const before = response.getHeader("vary");
  response.setHeader("vary", before === undefined ? names : `${before}, ${names}`);
}

/** The encodings that a browser takes, best first. */
export function findEncodings(request: IncomingMessage): readonly Encoding[] {
  const accepted = String(request.headers["accept-encoding"] ?? "");
  return encodings.filter((name) => new RegExp(`\\b${name}\\b(?!;q=0(\\.0*)?(,|$))`).test(accepted));
}

/** Ends a response with a content, compressed already where an encoding is named. */
export function send(
  response: ServerResponse,
  content: Buffer,
  type: string,
  encoding: Encoding | undefined,
): void {
  if (encoding) response.setHeader("content-encoding", encoding);
  response.writeHead(200, { "content-type": type, "content-length": content.length });
  response.end(content);
}
