import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { FormatOptions, Rows } from "../../exports/formats/format.ts";
import { formatOf } from "../../exports/formats.ts";
import type { Document } from "../../models/model.ts";
import { FLUSH_MS } from "../../monitor/http-server.ts";
import { contentTypes, type FileForm } from "./file-format.ts";

/** What a file holds, and what is said of it. */
export interface SentFile extends Pick<FormatOptions, "widths"> {
  /** Without extension. */
  readonly name: string;
  readonly shape: Rows;
  readonly documents: AsyncIterable<Document>;
  /** How old it is, as `extensions.freshness` has it. */
  readonly freshness: unknown;
}

/**
 * Sends a file as it is read, no faster than its client takes it. Of one that breaks on the way the connection ends before
 * the body does, so that no client takes it for whole; in texts the last line says why.
 * @param signal aborted when nobody waits for it any more
 * @returns the bytes sent @throws what ended it; the headers are out then, or not
 */
export async function sendFile(
  response: ServerResponse,
  { format, options }: FileForm,
  { name, shape, documents, freshness, widths }: SentFile,
  signal: AbortSignal,
): Promise<number> {
  const encoded = formatOf(format).encode(shape, documents, { ...options, ...(widths ? { widths } : {}) });
  const chunks = encoded[Symbol.asyncIterator]();
  try {
    // What fails before there is anything to send can still be told.
    let chunk = await chunks.next();
    signal.throwIfAborted();
    response.writeHead(200, {
      "content-type": contentTypes[format],
      "content-disposition": `attachment; filename="${name}.${format}"`,
      "cache-control": "no-store",
      ...(freshness === undefined ? {} : { "x-vitrine-freshness": JSON.stringify(freshness) }),
    });
    let bytes = 0;
    for (; !chunk.done; chunk = await chunks.next()) {
      bytes += Buffer.byteLength(chunk.value);
      if (!response.write(chunk.value)) await once(response, "drain", { signal });
      signal.throwIfAborted();
    }
    response.end();
    return bytes;
  } finally {
    await chunks.return?.();
  }
}

/** Ends a body that will never be whole, within a second, whether its client reads or not. */
export async function breakOff(
  response: ServerResponse,
  format: FileForm["format"] | undefined,
  reason: string,
): Promise<void> {
  const line = lastLine(format, reason);
  if (line !== undefined && !response.destroyed)
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, FLUSH_MS);
      const end = () => {
        clearTimeout(late);
        resolve();
      };
      response.once("close", end);
      response.write(line, end);
    });
  // Of a body without chunks (HTTP/1.0, as proxies speak it) an orderly end of the connection is the end.
  if (!response.chunkedEncoding) response.socket?.resetAndDestroy();
  response.destroy();
}

function lastLine(format: FileForm["format"] | undefined, reason: string): string | undefined {
  if (format === "csv") return `"Broken off: ${reason.replaceAll('"', '""')}"\n`;
  if (format === "ndjson") return `${JSON.stringify({ errors: [{ message: reason }] })}\n`;
  return undefined;
}
