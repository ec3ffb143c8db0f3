import { type Fields, type ScalarField, textsOf } from "../../models/field.ts";
import { type DocumentModel, keyFieldOf } from "../../models/model.ts";
import { oncePer } from "../../once-per.ts";
import { sha256 } from "../../sha256.ts";
import { type StoredField, storedFields } from "../conversion/stored-fields.ts";

export type Schema = Record<string, unknown>;

const bsonTypes = {
  int: "int",
  bigint: "long",
  decimal: "decimal",
  string: "string",
  enumeration: "string",
  boolean: "bool",
  date: "date",
  dateTime: "date",
} as const satisfies Record<ScalarField["kind"], string>;

/** The validator of a model's collection: a document with exactly the model's fields, or a tombstone. */
export function toValidator(model: DocumentModel): Schema {
  const id = idSchema(model);
  const version = { bsonType: "long" };
  const document = objectSchema(model.fields);
  return {
    $jsonSchema: {
      anyOf: [
        {
          ...document,
          required: ["_id", "_v", "_h", ...(document.required as readonly string[])],
          properties: {
            _id: id,
            _v: version,
            _h: { bsonType: "string" },
            ...(document.properties as Schema),
          },
        },
        {
          bsonType: "object",
          required: ["_id", "_v", "_del", "_at"],
          additionalProperties: false,
          properties: { _id: id, _v: version, _del: { enum: [true] }, _at: { bsonType: "date" } },
        },
      ],
    },
  };
}

function idSchema(model: DocumentModel): Schema {
  const { fields, keyParts } = model;
  if (!keyParts) return { bsonType: bsonTypes[keyFieldOf(model).kind] };
  return objectSchema(Object.fromEntries(Object.entries(fields).filter(([name]) => keyParts.includes(name))));
}

function objectSchema(fields: Fields): Schema {
  const stored = storedFields(fields);
  return {
    bsonType: "object",
    required: stored.map(([name]) => name),
    additionalProperties: false,
    properties: Object.fromEntries(stored.map(([name, field]) => [name, fieldSchema(field)])),
  };
}

function fieldSchema(field: StoredField): Schema {
  const schema = valueSchema(field);
  if (!field.nullable) return schema;
  const values = field.kind === "enumeration" ? { enum: [...textsOf(field), null] } : {};
  return { ...schema, ...values, bsonType: [schema.bsonType, "null"] };
}

function valueSchema(field: StoredField): Schema {
  switch (field.kind) {
    case "int":
    case "bigint":
    case "decimal":
    case "string":
    case "boolean":
    case "date":
    case "dateTime":
      return { bsonType: bsonTypes[field.kind] };
    case "enumeration":
      return { bsonType: bsonTypes[field.kind], enum: textsOf(field) };
    case "object":
      return objectSchema(field.fields);
    case "list":
      return { bsonType: "array", items: fieldSchema(field.item) };
  }
}

/** Raised when the loader stores the same document in another way, its hash included. */
const FORMAT = 2;

/** The stored shape of a model as JSON: key, fields, kinds, scales, closed sets, nullability. Descriptions and filters do not count. */
export const shapeText = oncePer((model: DocumentModel): string =>
  JSON.stringify([FORMAT, model.keyParts ?? model.key, shapeOf(model.fields)]),
);

/** Names the stored shape of a model. A loader whose hash differs from the recorded one must not write. */
export const shapeHash = oncePer((model: DocumentModel): string => sha256(shapeText(model)).slice(0, 16));

const shapeOf = (fields: Fields): unknown =>
  storedFields(fields).map(([name, field]) => [name, fieldShape(field)]);

function fieldShape(field: StoredField): unknown {
  const kind = field.nullable ? `${field.kind}?` : field.kind;
  if (field.kind === "decimal") return [kind, field.scale];
  // With other texts it is another shape: readers of the one before do not know them. Their order does not count.
  if (field.kind === "enumeration") return [kind, JSON.stringify(textsOf(field).toSorted())];
  if (field.kind === "object") return [kind, shapeOf(field.fields)];
  return field.kind === "list" ? [kind, fieldShape(field.item)] : kind;
}
