import { createHash } from "node:crypto";
import { MongoServerError } from "mongodb";
import { type Fields, type ScalarField, textsOf } from "../../models/field.ts";
import { type DocumentModel, keyFieldOf } from "../../models/model.ts";
import { type StoredField, storedFields } from "../conversion/stored-fields.ts";
import { hasChangeStreams } from "./mirror-server.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";

/** How long a tombstone keeps older writes out, and tells exports of the deletion: those of each night, and of a Monday. */
const TOMBSTONE_SECONDS = 3 * 24 * 60 * 60;

type Schema = Record<string, unknown>;

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
function toValidator(model: DocumentModel): Schema {
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
export const shapeText = (model: DocumentModel): string =>
  JSON.stringify([FORMAT, model.keyParts ?? model.key, shapeOf(model.fields)]);

/** Names the stored shape of a model. A loader whose hash differs from the recorded one must not write. */
export const shapeHash = (model: DocumentModel): string =>
  createHash("sha256").update(shapeText(model)).digest("hex").slice(0, 16);

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

const NAMESPACE_EXISTS = 48;
const INDEX_OPTIONS_CONFLICT = new Set([85, 86]);
const INDEX_NOT_FOUND = 27;

/**
 * Creates a collection for a model, or brings its validator and indexes up to date. May be called again,
 * and by several loaders at once. Documents already there are not checked again.
 * @throws VitrineError MIRROR_UNAVAILABLE
 */
export async function prepareCollection(
  mongo: MongoDb,
  model: DocumentModel,
  name: string = model.name,
): Promise<void> {
  const validation = { validator: toValidator(model), validationLevel: "strict", validationAction: "error" };
  try {
    await mongo.db.createCollection(name, validation).catch(async (error: unknown) => {
      if (!(error instanceof MongoServerError) || error.code !== NAMESPACE_EXISTS) throw error;
      await mongo.db.command({ collMod: name, ...validation });
    });
    const collection = mongo.db.collection(name);
    const tombstones = { name: "tombstones", expireAfterSeconds: TOMBSTONE_SECONDS };
    const partial = { ...tombstones, partialFilterExpression: { _del: true } };
    await collection.createIndex({ _at: 1 }, partial).catch(async (error: unknown) => {
      if (!(error instanceof MongoServerError) || !INDEX_OPTIONS_CONFLICT.has(Number(error.code)))
        throw error;
      // Another loader may have done so meanwhile.
      await collection.dropIndex(tombstones.name).catch((reason: unknown) => {
        if (!(reason instanceof MongoServerError) || reason.code !== INDEX_NOT_FOUND) throw reason;
      });
      await collection.createIndex({ _at: 1 }, partial);
    });
    const fields = model.filters.filter((field) => !model.unindexed?.includes(field));
    for (const field of fields)
      await collection.createIndex({ [field]: 1, _id: 1 }, { name: `filter_${field}` });
    const wanted = new Set(fields.map((field) => `filter_${field}`));
    // Every write would pay for it: only where readers have no other way to learn of writes (follow-poll.ts).
    if (!(await hasChangeStreams(mongo)))
      await collection.createIndex({ _v: 1, _id: 1 }, { name: "version" });
    for (const index of await collection.listIndexes().toArray()) {
      const known = String(index.name);
      if (known.startsWith("filter_") && !wanted.has(known)) await collection.dropIndex(known);
    }
  } catch (error) {
    throw toMirrorError(error);
  }
}
