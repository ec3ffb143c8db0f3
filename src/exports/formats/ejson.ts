import { type Document, keyFieldOf } from "../../models/model.ts";
import { storedFields } from "../../stores/conversion/stored-fields.ts";
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
  const encodeId = compileId(model, form);
  const encode = compileEncoder(model.fields, form);
  return (document) => `{"_id":${encodeId(document)},${encode(document).slice(1)}`;
}

/** As the mirror has it: of a key that is made of several, an object of these. */
function compileId(model: Rows, form: ExtendedJson): (document: Document) => string {
  if (!model.keyParts) {
    const encode = compileScalar(keyFieldOf(model), form);
    return (document) => encode(document[model.key]);
  }
  const all = storedFields(model.fields);
  const parts = model.keyParts.flatMap((name) => all.filter(([field]) => field === name));
  return compileEncoder(Object.fromEntries(parts), form);
}
