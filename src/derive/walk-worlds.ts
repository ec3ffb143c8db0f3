import { analyseExpression } from "./analyse-expression.ts";
import { analyseQuery } from "./analyse-query.ts";
import type { Analysis } from "./analysis.ts";
import type { Block, Value } from "./block.ts";
import { compare } from "./block.ts";
import { placeBlocks } from "./place-blocks.ts";
import { refuse } from "./refusal.ts";
import type { Query } from "./sql-tree.ts";

/** The rows of a view with one branch chosen of every union. */
export interface World {
  readonly root: Block;
  readonly id: Value;
}

export type Sources = Pick<Analysis, "catalogue" | "views" | "rules">;

export interface Wanted {
  readonly query: Query;
  readonly keyColumn: string;
  /** Columns that matter; all of them when nothing is said. */
  readonly columns?: readonly string[] | undefined;
}

/** More choices than these are not followed. */
const worldLimit = 64;

/** Walks through a view once for every choice. @throws Refusal when there are too many, or something is not understood. */
export function walkWorlds(wanted: Wanted, sources: Sources): readonly World[] {
  return (
    walkAll(wanted, sources, true) ??
    walkAll(wanted, sources, false) ??
    refuse(`Its unions have more than ${worldLimit} combinations of branches`, "Split the view.")
  );
}

function walkAll(wanted: Wanted, sources: Sources, splitsOr: boolean): readonly World[] | null {
  const worlds: World[] = [];
  const pending: (readonly number[])[] = [[]];
  for (let given = pending.pop(); given !== undefined; given = pending.pop()) {
    if (worlds.length >= worldLimit) return null;
    const choices = [...given];
    let step = 0;
    const choose = (count: number): number => {
      if (step === choices.length) {
        for (let other = 1; other < count; other += 1) pending.push([...choices, other]);
        choices.push(0);
      }
      step += 1;
      return choices[step - 1] ?? 0;
    };
    worlds.push(walk(wanted, createAnalysis({ ...sources, splitsOr }, choose)));
  }
  return worlds;
}

function createAnalysis(
  sources: Pick<Analysis, "catalogue" | "views" | "rules" | "splitsOr">,
  choose: Analysis["choose"],
): Analysis {
  let count = 0;
  const create = (one: Analysis["choose"]): Analysis => {
    const analysis: Analysis = {
      ...sources,
      choose: one,
      next: () => count,
      addInstance: (block, given) => {
        const instance = { ...given, order: count, block, used: new Set<string>() };
        count += 1;
        block.instances.push(instance);
        return instance;
      },
      query: (query, place) => analyseQuery(query, place, analysis),
      expression: (expr, env) => analyseExpression(expr, env, analysis),
      aside: () => create(() => 0),
    };
    return analysis;
  };
  return create(choose);
}

function walk({ query, keyColumn, columns }: Wanted, analysis: Analysis): World {
  const root: Block = { kind: "rows", parent: null, children: [], instances: [], conditions: [] };
  const outputs = analysis.query(query, { block: root, scope: null, competes: true });
  const find = (column: string): number => {
    const index = outputs.names.findIndex((name) => name?.toLowerCase() === column.toLowerCase());
    return index >= 0 ? index : refuse(`It has no column ${column}`, "Name a column that it has.");
  };
  const id = outputs.value(find(keyColumn));
  const wanted = columns === undefined ? outputs.names.keys() : columns.map(find);
  for (const index of wanted) outputs.value(index);
  // A row without an id is no document.
  root.conditions.push(compare("is not null", id, id));
  placeBlocks(root);
  return { root, id };
}
