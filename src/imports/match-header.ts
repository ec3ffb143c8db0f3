import { VitrineError } from "../errors.ts";
import type { ImportFile } from "../models/project.ts";
import type { CsvRecord } from "./read-records.ts";

export interface FileHeader {
  /** How many fields a record has. */
  readonly columns: number;
  /** The columns asked for, in the order of the file: where they stand, and the staging column they go to. */
  readonly targets: readonly { readonly index: number; readonly name: string; readonly column: string }[];
  /** Whether a record is the header again: in any case, quoted or not. */
  repeats(record: CsvRecord): boolean;
}

/**
 * Matches the first record with the declared columns: in any order, in any case, quoted or not.
 * @throws VitrineError IMPORT_INPUT when the file is empty, or a column is missing or doubled.
 */
export function matchHeader(record: CsvRecord | undefined, definition: ImportFile): FileHeader {
  const { file } = definition;
  const fail = (problem: string): never => {
    const row = record?.line ?? 1;
    throw new VitrineError("IMPORT_INPUT", `${file}, line ${row}: ${problem}`, { details: { file, row } });
  };
  if (record === undefined) return fail("the file is empty.");
  if (record.problem !== undefined) fail(`this is no header: ${record.problem}.`);

  const names = record.fields.map(toName);
  const expected = new Map(
    Object.entries(definition.columns).map(([name, column]) => [name.toLowerCase(), { name, column }]),
  );
  const missing = Object.keys(definition.columns).filter((name) => !names.includes(name.toLowerCase()));
  if (missing.length > 0)
    fail(
      `the header lacks ${missing.map((name) => `"${name}"`).join(", ")}. ` +
        `Expected are the columns ${Object.keys(definition.columns).join(", ")}, in any order.`,
    );
  const doubled = names.find((name, i) => expected.has(name) && names.indexOf(name) !== i);
  if (doubled !== undefined) fail(`the column "${doubled}" is there twice.`);
  return {
    columns: names.length,
    targets: names.flatMap((name, index) => {
      const target = expected.get(name);
      return target === undefined ? [] : [{ index, ...target }];
    }),
    repeats: ({ fields }) =>
      fields.length === names.length &&
      // Most records tell by a look at their first field, which need not be decoded for that.
      (isNotAscii(names[0]) || fields[0]?.trim().toLowerCase() === names[0]) &&
      fields.every((field, i) => toName(field) === names[i]),
  };
}

const isNotAscii = (name: string | undefined): boolean => /[^\x20-\x7e]/.test(name ?? "");

/** Fields have one character per byte. */
const toName = (field: string): string => Buffer.from(field, "latin1").toString("utf8").trim().toLowerCase();
