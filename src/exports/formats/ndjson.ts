import { compileEncoder } from "../json-text.ts";
import type { Format } from "./format.ts";
import { inChunks, toLines } from "./lines.ts";

/** One plain JSON document per line, in which decimals and big integers are numbers with all their digits. */
export const ndjson: Format = {
  // Lines of JSON go by `.json` too: that is what the receivers of these files expect.
  extension: "json",
  encode: ({ fields }, documents, { textNumbers = false }) =>
    inChunks(toLines(documents, compileEncoder(fields, textNumbers ? "shown" : "plain"))),
};
