import type { Document } from "../../models/model.ts";
import type { Format } from "./format.ts";
import { inChunks } from "./lines.ts";

/** One array of documents as GraphQL shows them, with decimals and big integers as texts. */
export const json: Format = {
  extension: "json",
  encode: (_model, documents) => inChunks(toArray(documents)),
};

async function* toArray(documents: AsyncIterable<Document>): AsyncIterable<string> {
  let separator = "[\n";
  for await (const document of documents) {
    yield separator + JSON.stringify(document);
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}
