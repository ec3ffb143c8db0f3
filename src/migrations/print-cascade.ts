import type { CascadePath, CascadeStep } from "./cascade-paths.ts";
import type { ForeignKey } from "./foreign-keys.ts";
import { toColumnReference, toSqlName } from "./reserved-words.ts";

/** Reads rows as they are now, as foreign keys do: what a transaction saw when it began lacks rows of others. */
const asTheyAre = "lock in share mode";

/**
 * The query, inside a trigger before the row `old` is written, that gives these columns of the rows at the end of a way:
 * the rows of each table on it by those of the one before, each with all rows that it takes along of its own table.
 */
export function printCascadeRows(path: CascadePath, columns: readonly string[]): readonly string[] {
  const last = `way_${path.length}`;
  const select = (name: string) =>
    `select ${columns.map((column) => `${name}.${toColumnReference(column)}`).join(", ")}`;
  if (path.every(({ loops }) => loops.length === 0))
    return [
      select(last),
      ...path.map(({ key }, index) =>
        index === 0
          ? `from ${toSqlName(key.child)} as way_1`
          : `join ${toSqlName(key.child)} as way_${index + 1} on ${toCondition(key, `way_${index + 1}`, `way_${index}`)}`,
      ),
      ...path.slice(0, 1).map(({ key }) => `where ${toCondition(key, "way_1", "old")}`),
      asTheyAre,
    ];
  return [
    select("gone"),
    "from (",
    "    with recursive",
    ...path.flatMap((step, index) =>
      printStep(step, {
        ...{ index, isLast: index === path.length - 1 },
        wanted: [
          ...(path[index + 1]?.key.referenced ?? columns),
          ...step.loops.flatMap((loop) => loop.referenced),
        ],
      }).map((line) => `    ${line}`),
    ),
    `    ${select(last)} from ${last}`,
    ") as gone",
  ];
}

/** That a row refers to another by a foreign key. */
const toCondition = ({ columns, referenced }: ForeignKey, row: string, other: string): string =>
  columns
    .map(
      (column, at) =>
        `${row}.${toColumnReference(column)} = ${other}.${toColumnReference(referenced[at] ?? "")}`,
    )
    .join(" and ");

interface Place {
  readonly index: number;
  readonly isLast: boolean;
  readonly wanted: readonly string[];
}

function printStep({ key, loops }: CascadeStep, { index, isLast, wanted }: Place): readonly string[] {
  const name = `way_${index + 1}`;
  const before = `way_${index}`;
  const list = [...new Set(wanted)].map((column) => `link.${toColumnReference(column)}`).join(", ");
  const from = `    select ${list} from ${toSqlName(key.child)} as link`;
  // The clause holds for one select: each member of a union has its own, and so its own parentheses.
  const member = (condition: string) => ["    (", from, `    ${condition}`, `    ${asTheyAre}`, "    )"];
  return [
    `${name} as (`,
    ...member(
      index === 0
        ? `where ${toCondition(key, "link", "old")}`
        : `join ${before} on ${toCondition(key, "link", before)}`,
    ),
    ...loops.flatMap((loop) => [
      "    union",
      ...member(`join ${name} on ${toCondition(loop, "link", name)}`),
    ]),
    isLast ? ")" : "),",
  ];
}
