import { type GraphQLSchema, getOperationAST, Kind, type OperationDefinitionNode, parse } from "graphql";
import type { Row } from "../shared/chart/chart-rows.ts";
import { describeLeaves, type Leaf } from "../shared/table/describe-leaves.ts";
import { type AnswerTable, readTables } from "../shared/table/read-tables.ts";
import { findTotals, readGrouping, readSetSizes } from "./find-totals.ts";
import type { CubeSettings } from "./page-settings.ts";
import type { Run } from "./runs.ts";

/** A list of an answer, with what the schema and the cubes know of its columns. */
export interface DescribedTable extends AnswerTable {
  /** The column that tells by how many dimensions a row of a cube is grouped; null: none does. */
  readonly level: string | null;
  /** Whether a row is a total of others. */
  readonly isTotal: (row: Row) => boolean;
  /** Whether a column's values of the rows that are no totals make a sum that means something. */
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
  const { leaves, operation } = readLeaves(run, schema);
  return readTables(run?.answer?.data, (path) => leaves.get(path)?.kind).map((table) => {
    const root = rootOf(table, leaves);
    const leafOf = (column: string): Leaf | undefined =>
      leaves.get(root === "" ? column : `${root}.${column}`);
    const names = table.columns.map(({ name }) => name);
    const ofCube = names.map(leafOf).find((leaf) => leaf && cubes[leaf.parent]);
    const isLevel = (leaf: Leaf | undefined) => leaf?.parent === ofCube?.parent && leaf?.field === "level";
    const level = (ofCube && names.find((name) => isLevel(leafOf(name)))) ?? null;
    const grouping = ofCube && operation ? readGrouping(ofCube.within, operation, run?.variables ?? {}) : {};
    const { isTotal, isApart } = findTotals(table.rows, readSetSizes(grouping), level);
    // What stands around a list that is unwound is there once for each of its items.
    const list = table.path === root ? "" : `${table.path.slice(root.length + 1)}.`;
    return {
      ...table,
      level,
      isTotal,
      isAdditive: (column) => {
        const leaf = leafOf(column);
        if (!leaf || !isApart || !column.startsWith(list)) return false;
        return cubes[leaf.parent]?.additive.includes(leaf.field) ?? false;
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

interface Leaves {
  readonly leaves: ReadonlyMap<string, Leaf>;
  readonly operation: OperationDefinitionNode | null;
}

/** Of the operation that was run: others of its document may ask for the same fields otherwise. */
function readLeaves(run: Run | null, schema: Known["schema"]): Leaves {
  const none = { leaves: new Map(), operation: null };
  if (!run || !schema) return none;
  try {
    const document = parse(run.query);
    const operation = getOperationAST(document, run.operationName);
    const definitions = document.definitions.filter(
      (one) => one === operation || one.kind !== Kind.OPERATION_DEFINITION,
    );
    return { leaves: describeLeaves(schema, { ...document, definitions }), operation: operation ?? null };
  } catch {
    return none; // the gateway says what is wrong with it
  }
}
