import type { ImportFile } from "../models/import-definition.ts";
import { decodeBytes, inputError, isPlainAscii } from "./check-text.ts";
import type { FileRecord, RecordShape } from "./file-record.ts";

/** The shape of records without a header, all of whose fields are asked for. */
export function toPlainShape({ columns }: ImportFile): RecordShape {
  const targets = Object.entries(columns).map(([name, column], index) => ({ index, name, column }));
  return { hasHeader: false, columns: targets.length, targets, repeats: () => false };
}

/** Whether a record names a column, also when it is broken: it is meant for a header then. */
export const namesColumn = ({ fields, text, problem }: FileRecord, { columns }: ImportFile): boolean => {
  const names = (problem === undefined ? fields : text.split(/[",;\t]/)).map(toName);
  return Object.keys(columns).some((name) => names.includes(name.toLowerCase()));
};

/**
 * Matches the first record with the declared columns: in any order, in any case, quoted or not.
 * @throws VitrineError IMPORT_INPUT when the file is empty, or a column is missing or doubled.
 */
export function matchHeader(record: FileRecord | undefined, definition: ImportFile): RecordShape {
  const { file } = definition;
  const fail = (problem: string, row = record?.line ?? 1): never => {
    throw inputError(file, row, problem);
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
    hasHeader: true,
    columns: names.length,
    targets: names.flatMap((name, index) => {
      const target = expected.get(name);
      return target === undefined ? [] : [{ index, ...target }];
    }),
    repeats: ({ fields, line }) => {
      if (fields.length !== names.length) return false;
      // Most records tell by their first field.
      if (!names.includes(toName(fields[0] ?? null))) return false;
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

const toName = (field: string | null): string =>
  (field === null || isPlainAscii(field) ? (field ?? "") : decodeBytes(field)).trim().toLowerCase();
