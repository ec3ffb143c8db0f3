import type { Fields } from "../../models/field.ts";
import { isFieldName } from "../../models/model.ts";
import { DocumentFault, fault, JsonCursor } from "./json-cursor.ts";
import { compileOneOf, toBigInt, toDate, toDateTime, toDecimal, toInt } from "./scalar-text.ts";
import { type StoredField, storedFields } from "./stored-fields.ts";

type Parse = (cursor: JsonCursor) => unknown;

/**
 * Compiles the reader of a field's JSON text: to canonical form (models/field.ts) without loss, in the order of the
 * definition. An object has the declared keys with values of their kinds; anything else is a fault. A key that could be
 * a field's is passed over: while a field is added, the view has it before every process that knows the model does.
 * @returns a function that throws a DocumentFault
 */
export function compileJson(field: StoredField): (text: string) => unknown {
  const parse = compileField(field);
  return (text) => {
    const cursor = new JsonCursor(text);
    const value = parse(cursor);
    cursor.skipBlanks();
    if (cursor.at < text.length) fault("is not valid JSON: there is text after its end");
    return value;
  };
}

function compileObject(fields: Fields): Parse {
  const stored = storedFields(fields);
  const names = stored.map(([name]) => name);
  const keys = names.map((name) => `"${name}"`);
  const parsers = stored.map(([, field]) => compileField(field));
  const size = names.length;
  return (cursor) => {
    cursor.expect("{");
    const found: unknown[] = new Array(size);
    let count = 0;
    if (!cursor.take("}")) {
      do {
        // Views write their keys in the order of the model, so the guess is nearly always right.
        const index = cursor.take(keys[count] ?? "}") ? count : indexOfKey(names, cursor.readString());
        if (index < 0) {
          cursor.expect(":");
          cursor.skipValue();
          continue;
        }
        const name = names[index] as string; // indexOfKey throws when there is none
        if (found[index] !== undefined) throw new DocumentFault("is there twice").within(name);
        cursor.expect(":");
        try {
          // `index` is a position of all three arrays.
          found[index] = (parsers[index] as Parse)(cursor);
        } catch (error) {
          throw error instanceof DocumentFault ? error.within(name) : error;
        }
        count++;
      } while (cursor.take(","));
      cursor.expect("}");
    }
    const document: Record<string, unknown> = {};
    for (let index = 0; index < size; index++) {
      const name = names[index] as string; // index < size
      if (found[index] === undefined) throw new DocumentFault("is missing").within(name);
      document[name] = found[index];
    }
    return document;
  };
}

/** Negative for a key that may be a field of another definition. */
function indexOfKey(names: readonly string[], key: string): number {
  const index = names.indexOf(key);
  return index < 0 && !isFieldName(key)
    ? fault(`has a key ${JSON.stringify(key.slice(0, 64))} that the model does not declare`)
    : index;
}

function compileField(field: StoredField): Parse {
  const parse = compileValue(field);
  if (field.nullable) return (cursor) => (cursor.readNull() ? null : parse(cursor));
  return (cursor) =>
    cursor.readNull() ? fault("is null, but the model says that it never is") : parse(cursor);
}

function compileValue(field: StoredField): Parse {
  switch (field.kind) {
    case "int":
      return (cursor) => toInt(cursor.readNumber());
    case "bigint":
      return (cursor) => toBigInt(cursor.readNumber());
    case "decimal":
      return (cursor) => toDecimal(cursor.readNumber(), field.scale);
    case "string":
      return (cursor) => cursor.readString();
    case "enumeration": {
      const oneOf = compileOneOf(field);
      return (cursor) => oneOf(cursor.readString());
    }
    case "boolean":
      return (cursor) =>
        cursor.take("true") ||
        (!cursor.take("false") && fault(`expected true or false, found ${cursor.describeNext()}`));
    case "date":
      return (cursor) => toDate(cursor.readString());
    case "dateTime":
      return (cursor) => toDateTime(cursor.readString());
    case "object":
      return compileObject(field.fields);
    case "list":
      return compileList(compileField(field.item));
  }
}

function compileList(parse: Parse): Parse {
  return (cursor) => {
    cursor.expect("[");
    const items: unknown[] = [];
    if (cursor.take("]")) return items;
    do {
      try {
        items.push(parse(cursor));
      } catch (error) {
        throw error instanceof DocumentFault ? error.within(items.length) : error;
      }
    } while (cursor.take(","));
    cursor.expect("]");
    return items;
  };
}
