import { VitrineError } from "../errors.ts";
import type { CubeModel } from "../models/cube.ts";
import type { ScalarField } from "../models/field.ts";
import { DocumentFault } from "../stores/conversion/json-cursor.ts";
import { toDate, toDateTime } from "../stores/conversion/scalar-text.ts";

/**
 * A value of a row as it is. A day that no calendar has (0000-00-00) is null with an error of its own; the other values of its
 * row stand. @throws VitrineError DOCUMENT_INVALID
 */
export function readCalendar<T>(cube: CubeModel, name: string, { kind }: ScalarField, value: T): T {
  if (typeof value !== "string" || (kind !== "date" && kind !== "dateTime")) return value;
  try {
    if (kind === "date") toDate(value);
    else toDateTime(value);
    return value;
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    throw new VitrineError("DOCUMENT_INVALID", `${cube.name}: ${name} ${error.message}.`, {
      details: { model: cube.name, path: name, problem: error.message },
    });
  }
}
