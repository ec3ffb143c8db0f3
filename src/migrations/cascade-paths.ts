import { type CascadeEvent, type ForeignKey, isCascading } from "./foreign-keys.ts";

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

/** A captured table whose rows change on ways that no query names, so that no trigger can be generated for them. */
export interface CascadeGap {
  readonly child: string;
  /** The foreign keys of such a way. */
  readonly constraints: readonly string[];
  /** A sentence without its end: why not. */
  readonly problem: string;
}

/** Where a write begins, and the tables that matter. */
export interface CascadeStart {
  readonly root: string;
  readonly event: CascadeEvent;
  /** Names in lower case: ways to others are of no interest. */
  readonly captured: ReadonlySet<string>;
  /** The expression of a trigger for a column of the row as it will be. */
  readonly newValue: (column: string) => string;
}

/** More ways than this to one table are not printed: each is a query of the trigger. */
const mostPaths = 100;

/**
 * Every way by which a write of a row of `root` changes rows of captured tables without a trigger of theirs, and the tables
 * that are changed on others too: where deletions come back to a table through others, which may go on for ever, and where
 * there are too many ways. A table that deletes rows of itself is one step, however deep that goes. No row is updated
 * because of an update of its own table: the server refuses that.
 */
export function findCascadePaths(
  foreignKeys: readonly ForeignKey[],
  { root, event, captured, newValue }: CascadeStart,
): { readonly paths: readonly CascadePath[]; readonly gaps: readonly CascadeGap[] } {
  const paths: CascadePath[] = [];
  const cascading = foreignKeys.filter(isCascading);
  const isCaptured = (table: string) => captured.has(table.toLowerCase());
  const wanted = reach(
    cascading.map(({ parent, child }) => ({ from: child, to: parent })),
    cascading.map(({ child }) => child).filter(isCaptured),
  );
  const followed = cascading.filter(({ child }) => wanted.has(child));
  const counts = new Map<string, number>();
  const cycles = new Map<string, CascadePath>();
  const crowds = new Map<string, CascadePath>();
  const walk = (table: string, step: CascadeStep | null, path: CascadePath): void => {
    for (const key of followed.filter(({ parent }) => parent === table)) {
      const next = takeStep(key, step, { event, newValue, cascading });
      const isLoop = key.child === table && next?.event === "delete";
      // A loop is part of its table's step, but that of the first table, which has none.
      if (!next || (isLoop && step !== null)) continue;
      const longer = [...path, next];
      const before = path.some((one) => one.key.child === key.child && one.event === next.event);
      const isBack = before || (next.event === "delete" && key.child === root && !isLoop);
      const count = counts.get(key.child) ?? 0;
      if (isBack) {
        if (next.event === "delete") cycles.set(key.child, longer);
      } else if (count >= mostPaths) crowds.set(key.child, longer);
      else {
        counts.set(key.child, count + 1);
        paths.push(longer);
        walk(key.child, next, longer);
      }
    }
  };
  walk(root, null, []);
  const found = new Set(paths.map((path) => path.at(-1)?.key.child ?? ""));
  const edges = cascading.map(({ parent, child }) => ({ from: parent, to: child }));
  const gaps = new Map<string, CascadeGap>();
  const note = (at: string, path: CascadePath, problem: string, isOne: (child: string) => boolean) => {
    for (const child of reach(edges, [at]))
      if (isCaptured(child) && isOne(child))
        gaps.set(child, { child, constraints: path.map(({ key }) => key.name), problem });
  };
  for (const [at, path] of cycles)
    note(at, path, `deleted rows of ${at} take others of it along through other tables`, (child) =>
      [at, ...found].includes(child),
    );
  for (const [at, path] of crowds)
    note(at, path, `more than ${mostPaths} ways lead from ${root} to ${at}`, () => true);
  return {
    paths: paths.filter((path) => isCaptured(path.at(-1)?.key.child ?? "")),
    gaps: [...gaps.values()],
  };
}

/** What a foreign key does to the rows that refer to one on a way, or to the first (null); undefined: nothing. */
function takeStep(
  key: ForeignKey,
  step: CascadeStep | null,
  {
    event,
    newValue,
    cascading,
  }: Pick<CascadeStart, "event" | "newValue"> & { readonly cascading: readonly ForeignKey[] },
): CascadeStep | undefined {
  const now = step?.event ?? event;
  const rule = key.rules[now];
  if (rule !== "CASCADE" && rule !== "SET NULL") return undefined;
  // Of the row that is written any column may change.
  const changed = (column: string) => step === null || step.becomes.has(column);
  if (now === "update" && !key.referenced.some(changed)) return undefined;
  const isDeleted = now === "delete" && rule === "CASCADE";
  const isLoop = ({ parent, child, rules }: ForeignKey) =>
    parent === key.child && child === key.child && rules.delete === "CASCADE";
  return {
    key,
    event: isDeleted ? "delete" : "update",
    becomes: readChanges(key, rule, step, newValue),
    loops: isDeleted ? cascading.filter(isLoop) : [],
  };
}

/** The tables themselves, and all that are reached from them. */
function reach(
  edges: readonly { readonly from: string; readonly to: string }[],
  tables: readonly string[],
): ReadonlySet<string> {
  const seen = new Set(tables);
  // A set that grows is walked to its new end.
  for (const table of seen) for (const { from, to } of edges) if (from === table) seen.add(to);
  return seen;
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
