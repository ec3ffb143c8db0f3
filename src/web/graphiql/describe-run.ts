import type { GraphQLSchema } from "graphql";
import { parse } from "graphql";
import { describeLeaves, type Leaf } from "../shared/table/describe-leaves.ts";
import { type AnswerTable, readTables } from "../shared/table/read-tables.ts";
import type { CubeSettings } from "./page-settings.ts";
import type { Run } from "./runs.ts";

/** A list of an answer, with what the schema and the cubes know of its columns. */
export interface DescribedTable extends AnswerTable {
  /** The cube whose rows these are. */
  readonly cube: CubeSettings | undefined;
  readonly isAdditive: (column: string) => boolean;
  /** Whether a column's number is a measure: neither a key nor a part of a date. */
  readonly isMeasure: (column: string) => boolean;
}

interface Known {
  readonly schema: GraphQLSchema | null | undefined;
  /** By the name of the type of their rows. */
  readonly cubes: Readonly<Record<string, CubeSettings>>;
}

/** The lists of a run's answer; none while there is no answer. */
export function describeRun(run: Run | null, { schema, cubes }: Known): readonly DescribedTable[] {
  const leaves = readLeaves(run, schema);
  return readTables(run?.answer?.data, (path) => leaves.get(path)?.kind).map((table) => {
    const root = rootOf(table, leaves);
    const leafOf = (column: string): Leaf | undefined =>
      leaves.get(root === "" ? column : `${root}.${column}`);
    const cube =
      cubes[leafOf(table.columns.find(({ name }) => !name.includes("."))?.name ?? "")?.parent ?? ""];
    return {
      ...table,
      cube,
      isAdditive: (column) => {
        const leaf = leafOf(column);
        return leaf !== undefined && (cubes[leaf.parent]?.additive.includes(leaf.field) ?? false);
      },
      isMeasure: (column) => {
        const leaf = leafOf(column);
        const own = leaf && cubes[leaf.parent];
        if (leaf && own) return own.measures.includes(leaf.field);
        return !/(^|\.)(id|level|.*Id)$/.test(column);
      },
    };
  });
}

/** The longest beginning of a table's path below which its columns are. */
function rootOf({ path, columns }: AnswerTable, leaves: ReadonlyMap<string, Leaf>): string {
  const parts = path.split(".");
  const first = columns[0]?.name ?? "";
  for (let length = parts.length; length > 0; length -= 1) {
    const root = parts.slice(0, length).join(".");
    if (leaves.has(`${root}.${first}`)) return root;
  }
  return path;
}

function readLeaves(run: Run | null, schema: Known["schema"]): ReadonlyMap<string, Leaf> {
  if (!run || !schema) return new Map();
  try {
    return describeLeaves(schema, parse(run.query));
  } catch {
    return new Map(); // the gateway says what is wrong with it
  }
}
