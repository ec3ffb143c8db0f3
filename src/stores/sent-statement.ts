import type { DocumentModel } from "../models/model.ts";
import { filterFields } from "./cube-store.ts";
import type { PageRequest, ReadOptions } from "./document-store.ts";

/** What a store was sent for a read, and what came back. */
export interface SentStatement {
  /** SQL with a `?` per value, or a command of MongoDB's shell with its values in it. */
  readonly text: string;
  /** Bound to the placeholders of the text; null: withheld, since one may be of a personal field. */
  readonly values: readonly unknown[] | null;
  /** Null: it failed, or nobody waited for its end. */
  readonly rows: number | null;
  readonly ms: number;
}

export type OnStatement = (statement: SentStatement) => void;

/** Whether one of these fields of the documents is personal, so that what it is compared with is too. */
export const namesPersonal = (model: DocumentModel, names: readonly string[]): boolean =>
  names.some((name) => {
    const field = model.fields[name];
    return field !== undefined && "pii" in field && field.pii;
  });

/** The fields that a page is chosen by: cursors hold values of what it is ordered by. */
export const comparedByPage = ({ where, orderBy, after, before }: PageRequest): readonly string[] => [
  ...filterFields(where),
  ...((after ?? before) ? orderBy.map(({ field }) => field) : []),
];

/** Runs `read`, which says how many rows there were, and tells who asks to be told. Costs nobody else a thing. */
export async function tellOf<T>(
  { onStatement }: Pick<ReadOptions, "onStatement">,
  describe: () => Pick<SentStatement, "text" | "values">,
  read: (count: (rows: number) => void) => Promise<T>,
): Promise<T> {
  if (!onStatement) return read(() => undefined);
  const startedAt = performance.now();
  let rows: number | null = null;
  try {
    return await read((found) => {
      rows = found;
    });
  } finally {
    onStatement({ ...describe(), rows, ms: performance.now() - startedAt });
  }
}
