import type { CascadeEvent, ForeignKey } from "./foreign-keys.ts";

/** A table on the way from the row that somebody writes to rows that foreign keys change. */
export interface CascadeStep {
  readonly key: ForeignKey;
  /** What becomes of its rows. */
  readonly event: CascadeEvent;
  /** Columns that change, and what they hold then: an expression of the trigger, or null for no value. */
  readonly becomes: ReadonlyMap<string, string | null>;
  /** Foreign keys by which a row that is deleted takes rows of its own table along. */
  readonly loops: readonly ForeignKey[];
}

/** The tables on one way, the last of which is captured. */
export type CascadePath = readonly CascadeStep[];

/** More ways than this to one table are no schema that somebody has. */
const MOST_PATHS = 100;

/**
 * Every way by which a write of a row of `root` changes rows of other tables, or of its own, without a trigger of theirs.
 * A table that deletes rows of itself is one step, however deep that goes; ways that come back to a table through others
 * end there.
 * @param newValue the expression of a trigger for a column of the row as it will be
 */
export function findCascadePaths(
  foreignKeys: readonly ForeignKey[],
  root: string,
  event: CascadeEvent,
  newValue: (column: string) => string,
): readonly CascadePath[] {
  const paths: CascadePath[] = [];
  const loopsOf = (table: string, of: CascadeEvent) =>
    of === "delete"
      ? foreignKeys.filter(
          (key) => key.parent === table && key.child === table && key.rules.delete === "CASCADE",
        )
      : [];
  const walk = (table: string, step: CascadeStep | null, path: CascadePath): void => {
    const now = step?.event ?? event;
    for (const key of foreignKeys) {
      if (key.parent !== table || paths.length >= MOST_PATHS) continue;
      const rule = key.rules[now];
      if (rule !== "CASCADE" && rule !== "SET NULL") continue;
      // Of the row that is written any column may change.
      const changed = (column: string) => step === null || step.becomes.has(column);
      if (now === "update" && !key.referenced.some(changed)) continue;
      const isLoop = key.child === table && now === "delete" && rule === "CASCADE";
      // A loop is part of its table's step, but that of the first table, which has none.
      if (isLoop && step !== null) continue;
      if (!isLoop && path.some((one) => one.key.child === key.child)) continue;
      const next: CascadeStep = {
        key,
        event: now === "delete" && rule === "CASCADE" ? "delete" : "update",
        becomes: readChanges(key, rule, step, newValue),
        loops: now === "delete" && rule === "CASCADE" ? loopsOf(key.child, "delete") : [],
      };
      paths.push([...path, next]);
      walk(key.child, next, [...path, next]);
    }
  };
  walk(root, null, []);
  return paths;
}

function readChanges(
  key: ForeignKey,
  rule: string,
  step: CascadeStep | null,
  newValue: (column: string) => string,
): ReadonlyMap<string, string | null> {
  if (rule === "SET NULL") return new Map(key.columns.map((column) => [column, null]));
  return new Map(
    key.columns.flatMap((column, index): readonly (readonly [string, string | null])[] => {
      const referenced = key.referenced[index] ?? "";
      if (step === null) return [[column, newValue(referenced)]];
      const value = step.becomes.get(referenced);
      return value === undefined ? [] : [[column, value]];
    }),
  );
}
