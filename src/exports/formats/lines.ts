import type { Document } from "../../models/model.ts";

/** Characters per chunk handed to the file: fewer and larger writes, still little memory. */
const CHUNK = 65_536;

/** Joins short texts to chunks of a file. */
export async function* inChunks(parts: AsyncIterable<string>): AsyncIterable<string> {
  let chunk = "";
  for await (const part of parts) {
    chunk += part;
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}

/** A line for each document. */
export async function* toLines(
  documents: AsyncIterable<Document>,
  encode: (document: Document) => string,
): AsyncIterable<string> {
  for await (const document of documents) yield `${encode(document)}\n`;
}
