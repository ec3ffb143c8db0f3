import { createHash } from "node:crypto";
import { BSON, Decimal128, Int32, Long } from "mongodb";
import type { Fields, ScalarField } from "../../models/field.ts";
import { type Document, type DocumentId, type DocumentModel, keyFieldOf } from "../../models/model.ts";
import type { FilterValue } from "../document-store.ts";
import { joinId, keyFieldsOf, splitId } from "./composite-id.ts";
import { readDecimal128, toDecimal128 } from "./decimal128.ts";
import { toInvalid } from "./document-row.ts";
import { DocumentFault, fault } from "./json-cursor.ts";
import { compileOneOf, toDate, toDateTime, toDecimal } from "./scalar-text.ts";
import { type StoredField, storedFields, storedNames } from "./stored-fields.ts";

/** A document as MongoDB stores it, without the loader's own fields (`_id`, `_v`, `_h`). */
export type BsonDocument = Record<string, unknown>;
/** The value of `_id`: the id in its native type; one that is made of several values is an object of these, in their order. */
export type BsonId = Int32 | Long | string | BsonDocument;

/** Converts between the canonical form of one model's documents and BSON, without loss. */
export interface BsonCodec {
  toBson(document: Document): BsonDocument;
  /**
   * The document, or these fields of it only.
   * @throws VitrineError DOCUMENT_INVALID for a document that the loader did not write like this.
   */
  fromBson(stored: BsonDocument, fields?: readonly string[]): Document;
  toId(id: DocumentId): BsonId;
  fromId(stored: unknown): DocumentId;
}

type Convert = (value: unknown) => unknown;

/** Compiles the codec of a model: closures by field kind, one pass per document. */
export function compileBsonCodec(model: DocumentModel): BsonCodec {
  const write = compileObject(model.fields, compileWrite);
  const read = compileObject(model.fields, compileRead);
  const names = storedNames(model);
  const { toId, fromId } = compileId(model);
  return {
    // An object's converter returns an object.
    toBson: (document) => write(document) as BsonDocument,
    fromBson(stored, fields = names) {
      try {
        return read(stored, fields) as Document;
      } catch (error) {
        if (error instanceof DocumentFault) throw toInvalid(model, fromId(stored._id), error);
        throw error;
      }
    },
    toId,
    fromId,
  };
}

/** Converts ids. What no loader has written is shown as it is: somebody has to be able to name it. */
function compileId(model: DocumentModel): Pick<BsonCodec, "toId" | "fromId"> {
  const keyKind = keyFieldOf(model).kind;
  const fields = keyFieldsOf(model);
  if (!fields)
    return {
      toId: (id) => (keyKind === "int" ? new Int32(id) : keyKind === "bigint" ? Long.fromString(id) : id),
      fromId: String,
    };
  const names = model.keyParts ?? [];
  const parts = fields.map((field) => ({ write: compileWrite(field), read: compileRead(field) }));
  return {
    toId(id) {
      const values = splitId(fields, id);
      if (!values) throw new TypeError(`Model ${model.name}: "${id}" is no id of its documents.`);
      return Object.fromEntries(names.map((name, at) => [name, parts[at]?.write(values[at])]));
    },
    fromId(stored) {
      if (typeof stored !== "object" || stored === null) return String(stored);
      const source = stored as Record<string, unknown>; // an object's members may be asked for by name
      try {
        const values = parts.map(({ read }, at) => read(toPromoted(source[names[at] ?? ""])));
        return joinId(fields, values);
      } catch (error) {
        if (error instanceof DocumentFault) return JSON.stringify(stored);
        throw error;
      }
    },
  };
}

/** A number as it is read elsewhere, when values come with their types. */
const toPromoted = (value: unknown): unknown => (value instanceof Int32 ? value.valueOf() : value);

/** The first 128 bits of SHA-256. */
const hash = (content: string | Uint8Array): string =>
  createHash("sha256").update(content).digest("hex").slice(0, 32);

/**
 * The hash of a document, as the loader stores it beside the document: of the JSON text of its canonical form. That
 * form and BSON map onto each other one to one, so the documents with equal hashes have equal BSON; and they are
 * serialized once, by the driver (hashing the BSON took a tenth of the loader's time, measured).
 */
export const hashText = (json: string): string => hash(json);

/** The hash of stored content by its BSON bytes: tells values of other types apart, whoever wrote them. */
export const hashBson = (document: BsonDocument): string => hash(BSON.serialize(document));

function compileObject(
  fields: Fields,
  compile: (field: StoredField) => Convert,
): (value: unknown, wanted?: readonly string[]) => unknown {
  const converters = new Map(
    storedFields(fields).map(([name, field]) => [name, nullable(field, compile)] as const),
  );
  const names = [...converters.keys()];
  return (value, wanted = names) => {
    if (typeof value !== "object" || value === null) return fault("is not an object");
    const source = value as Record<string, unknown>; // an object's members may be asked for by name
    const result: Record<string, unknown> = {};
    for (const name of wanted) {
      const convert = converters.get(name) ?? notStored;
      try {
        result[name] = convert(source[name]);
      } catch (error) {
        throw error instanceof DocumentFault ? error.within(name) : error;
      }
    }
    return result;
  };
}

const notStored: Convert = () => {
  throw new TypeError("A field was asked for that documents of this model do not have.");
};

function nullable(field: StoredField, compile: (field: StoredField) => Convert): Convert {
  const convert = compile(field);
  return (value) => {
    if (value === undefined) return fault("is missing");
    if (value !== null) return convert(value);
    return field.nullable ? null : fault("is null, but the model says that it never is");
  };
}

function compileList(item: StoredField, compile: (field: StoredField) => Convert): Convert {
  const convert = nullable(item, compile);
  return (value) => {
    if (!Array.isArray(value)) return fault("is not a list");
    return value.map((member, index) => {
      try {
        return convert(member);
      } catch (error) {
        throw error instanceof DocumentFault ? error.within(index) : error;
      }
    });
  };
}

/** Canonical → BSON. The values are canonical: the reader of the text has checked them. */
function compileWrite(field: StoredField): Convert {
  switch (field.kind) {
    case "int":
      // The driver stores a whole number of 32 bits as Int32.
      return (value) => value;
    case "bigint":
      return (value) => Long.fromString(value as string);
    case "decimal":
      return (value) => toDecimal128(value as string, field.scale);
    case "date":
      return (value) => new Date(`${value as string}T00:00:00.000Z`);
    case "dateTime":
      return (value) => new Date(value as string);
    case "string":
    case "enumeration":
    case "boolean":
      return (value) => value;
    case "object":
      return compileObject(field.fields, compileWrite);
    case "list":
      return compileList(field.item, compileWrite);
  }
}

/** BSON → canonical, for values read with `promoteLongs: false`. A value of another type is a fault. */
function compileRead(field: StoredField): Convert {
  switch (field.kind) {
    case "int":
      return (value) => (Number.isInteger(value) ? value : fault("is not an Int32"));
    case "bigint":
      return (value) => (value instanceof Long ? value.toString() : fault("is not an Int64"));
    case "decimal":
      return (value) =>
        value instanceof Decimal128
          ? (readDecimal128(value, field.scale) ?? fromDecimal(value.toString(), field.scale))
          : fault("is not a Decimal128");
    case "date":
      return (value) =>
        value instanceof Date ? toDate(toIso(value).replace("T00:00:00.000Z", "")) : fault("is not a Date");
    case "dateTime":
      return (value) => (value instanceof Date ? isoOf(value) : fault("is not a Date"));
    case "string":
      return (value) => (typeof value === "string" ? value : fault("is not a string"));
    case "enumeration": {
      const oneOf = compileOneOf(field);
      return (value) => (typeof value === "string" ? oneOf(value) : fault("is not a string"));
    }
    case "boolean":
      return (value) => (typeof value === "boolean" ? value : fault("is not a bool"));
    case "object":
      return compileObject(field.fields, compileRead);
    case "list":
      return compileList(field.item, compileRead);
  }
}

/** One value of a field in canonical form. @throws DocumentFault for a value of another type. */
export const readBson = (field: ScalarField, value: unknown): FilterValue =>
  compileRead(field)(value) as FilterValue; // a scalar's reader returns a scalar

/** Of the years 1 to 9999 a date prints itself in canonical form. */
function isoOf(value: Date): string {
  const text = toIso(value);
  return text.length === 24 && !text.startsWith("0000") ? text : toDateTime(text);
}

const toIso = (value: Date): string =>
  Number.isNaN(value.getTime()) ? fault("is outside the range of dates") : value.toISOString();

/** Decimal128 prints 0.0000001 as `1E-7`: write the exponent out, then give the value its declared scale. */
function fromDecimal(text: string, scale: number): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?E([+-]\d+)$/.exec(text);
  if (!parts) return toDecimal(text, scale);
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const shift = Number(exponent);
  if (Math.abs(shift) > 100) return fault("has an exponent beyond every declared scale");
  const point = whole.length + shift;
  const digits = (whole + fraction).padEnd(point, "0");
  const padded = point > 0 ? digits : digits.padStart(digits.length - point + 1, "0");
  const cut = Math.max(point, 1);
  const integer = padded.slice(0, cut).replace(/^0+(?=\d)/, "");
  return toDecimal(`${sign}${integer}${padded.length > cut ? `.${padded.slice(cut)}` : ""}`, scale);
}
