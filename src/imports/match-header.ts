import { VitrineError } from "../errors.ts";
import type { ImportFile } from "../models/import-definition.ts";
import type { CsvRecord } from "./read-records.ts";

export interface FileHeader {
  /** How many fields a record has. */
  readonly columns: number;
  /** The columns asked for, in the order of the file: where they stand, and the staging column they go to. */
  readonly targets: readonly { readonly index: number; readonly name: string; readonly column: string }[];
  /**
   * Whether a record is the header again: in any case, quoted or not.
   * @throws VitrineError IMPORT_INPUT when its columns come in another order: what follows would be misread.
   */
  repeats(record: CsvRecord): boolean;
}

/**
 * Matches the first record with the declared columns: in any order, in any case, quoted or not.
 * @throws VitrineError IMPORT_INPUT when the file is empty, or a column is missing or doubled.
 */
export function matchHeader(record: CsvRecord | undefined, definition: ImportFile): FileHeader {
  const { file } = definition;
  const fail = (problem: string, row = record?.line ?? 1): never => {
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
  const asciiNames = new Set<string | undefined>(names.filter(isAscii));
  const hasOther = asciiNames.size < names.length;
  return {
    columns: names.length,
    targets: names.flatMap((name, index) => {
      const target = expected.get(name);
      return target === undefined ? [] : [{ index, ...target }];
    }),
    repeats: ({ fields, line }) => {
      // Most records tell by a look at their first field, which need not be decoded for that.
      if (fields.length !== names.length || !(hasOther || asciiNames.has(fields[0]?.trim().toLowerCase())))
        return false;
      const again = fields.map(toName);
      if (again.every((name, i) => name === names[i])) return true;
      if ([...again].sort().join() !== [...names].sort().join()) return false;
      return fail(
        "the header comes again with its columns in another order. Import the files one by one.",
        line,
      );
    },
  };
}

const isAscii = (name: string): boolean => !/[^\x20-\x7e]/.test(name);

/** Fields have one character per byte. */
const toName = (field: string): string => Buffer.from(field, "latin1").toString("utf8").trim().toLowerCase();
