import { type Document, keyFieldOf } from "../../models/model.ts";
import { compileEncoder, compileScalar, type ExtendedJson } from "../json-text.ts";
import type { Format, Rows } from "./format.ts";
import { inChunks, toLines } from "./lines.ts";

/** One Extended JSON document per line, with the id as `_id`, for `mongoimport`. */
export const ejson: Format = {
  // As `mongoimport` expects it.
  extension: "json",
  encode: (model, documents, { extendedJson = "relaxed" }) =>
    inChunks(toLines(documents, withId(model, extendedJson))),
};

function withId(model: Rows, form: ExtendedJson): (document: Document) => string {
  const encodeId = compileScalar(keyFieldOf(model), form);
  const encode = compileEncoder(model.fields, form);
  return (document) => `{"_id":${encodeId(document[model.key])},${encode(document).slice(1)}`;
}
