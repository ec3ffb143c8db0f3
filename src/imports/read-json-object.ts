import { DocumentFault, JsonCursor } from "../stores/conversion/json-cursor.ts";
import { decodeBytes, encodeBytes } from "./check-text.ts";
import type { FileRecord } from "./file-record.ts";

/**
 * The values of these keys in the text of a JSON object, in their order: a string as it reads, null or a missing key as
 * null, everything else as its JSON text, digit by digit. Other keys are passed over. What is no such object says why.
 */
export function readJsonObject(
  bytes: string,
  keys: readonly string[],
): Pick<FileRecord, "fields" | "problem"> {
  const text = decodeBytes(bytes);
  try {
    checkJson(text);
    return { fields: takeValues(new JsonCursor(text), keys), problem: undefined };
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    // What stands before ": " is the name of a column.
    return { fields: [], problem: encodeBytes(error.message.replaceAll(": ", ", ")) };
  }
}

const fault = (problem: string): never => {
  throw new DocumentFault(problem);
};

/** The server's language knows best what is JSON; the values are taken from the text, whose digits it would round. */
function checkJson(text: string): void {
  if (!/^\s*\{/.test(text)) fault("is no JSON object");
  try {
    JSON.parse(text);
  } catch (error) {
    const place = / at position (\d+)/.exec(String(error))?.[1];
    fault(`is not valid JSON${place === undefined ? "" : ` at character ${Number(place) + 1}`}`);
  }
}

function takeValues(cursor: JsonCursor, keys: readonly string[]): readonly (string | null)[] {
  const values = new Map<string, string | null>();
  cursor.expect("{");
  while (!cursor.take("}")) {
    const key = cursor.readString();
    cursor.expect(":");
    const value = takeValue(cursor);
    if (keys.includes(key)) {
      if (values.has(key)) fault(`has the key "${key}" twice`);
      values.set(key, value);
    }
    cursor.take(",");
  }
  if (values.size === 0) fault(`has none of the keys ${keys.join(", ")}`);
  return keys.map((key) => values.get(key) ?? null);
}

function takeValue(cursor: JsonCursor): string | null {
  if (cursor.readNull()) return null;
  if (cursor.text[cursor.at] === '"') return encodeBytes(cursor.readString());
  const start = cursor.at;
  cursor.skipValue();
  return encodeBytes(cursor.text.slice(start, cursor.at));
}
