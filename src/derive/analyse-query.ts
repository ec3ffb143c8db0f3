import { analyseSelect } from "./analyse-select.ts";
import type { Analysis, Outputs, Place, Scope } from "./analysis.ts";
import { addBlock, type Block, columnOf, opaque, type Value } from "./block.ts";
import type { Body, Query } from "./sql-tree.ts";
import { isExactValue } from "./value-types.ts";

/** Adds the rows of a query to a block, and gives its columns. */
export function analyseQuery(query: Query, place: Place, analysis: Analysis): Outputs {
  const scope = addTables(query, place.scope);
  const ordered = query.limit !== null || (place.ordered ?? false);
  if (query.limit !== null && place.competes && analysis.rules.limitCompetes)
    analyseQuery(
      { ...query, limit: null },
      { ...place, block: addBlock(place.block, "query"), ordered: true },
      analysis,
    );
  const { body } = query;
  const inner = { ...place, scope, ordered };
  if (body.kind === "select") return analyseSelect(body, query.orderBy, inner, analysis);
  if (body.kind === "nested") return analyseQuery(body.query, inner, analysis);
  return analyseSet(body, inner, analysis);
}

function addTables(query: Query, outer: Scope | null): Scope | null {
  if (query.with.length === 0) return outer;
  const tables = new Map(query.with.map((table) => [table.name.toLowerCase(), table]));
  return { relations: new Map(), tables, outer };
}

/** One branch of a UNION, INTERSECT or EXCEPT: each has rows of its own on which the documents depend. */
function analyseSet(body: Body & { readonly kind: "set" }, place: Place, analysis: Analysis): Outputs {
  const branches = branchesOf(body);
  const chosen = analysis.rules.allBranches ? analysis.choose(branches.length) : 0;
  const outputs = branches.map((branch, index): Outputs => {
    const query: Query = { kind: "whole", with: [], body: branch, orderBy: [], limit: null };
    const unseen: Block = { kind: "rows", parent: null, children: [], instances: [], conditions: [] };
    return index === chosen
      ? analysis.query(query, { ...place, competes: true })
      : analysis.aside().query(query, { ...place, block: unseen, competes: true });
  });
  const [first] = outputs;
  const names = first?.names ?? [];
  const isDistinct = !isUnionAll(body);
  const known = new Map<number, Value>();
  const value = (index: number): Value => {
    const found = known.get(index);
    if (found) return found;
    const values = outputs.map((one) => one.value(index));
    const mine = values[chosen] ?? opaque;
    const isOneType = values.every((other) => isSameType(mine, other));
    const passes = isOneType && (!isDistinct || !analysis.rules.groupKeysAreExact || isExactValue(mine));
    known.set(index, passes ? mine : opaque);
    return passes ? mine : opaque;
  };
  const countsAll = (isDistinct && analysis.rules.distinctCountsAll) || (place.ordered ?? false);
  if (countsAll) for (const index of names.keys()) value(index);
  return { names, value };
}

const branchesOf = (body: Body): readonly Body[] =>
  body.kind === "set" ? [...branchesOf(body.left), ...branchesOf(body.right)] : [body];

const isUnionAll = (body: Body): boolean =>
  body.kind !== "set" ||
  (body.operator === "union" && body.all && isUnionAll(body.left) && isUnionAll(body.right));

/** Whether a column of a union has the type, and so the text, that it has in each branch. */
function isSameType(one: Value, other: Value): boolean {
  if (one === other) return true;
  if (one.kind !== "column" || other.kind !== "column") return false;
  const [its, others] = [columnOf(one), columnOf(other)];
  if (its === null || others === null) return false;
  const isInteger = (type: string) => /int$/.test(type);
  if (isInteger(its.dataType)) return isInteger(others.dataType);
  return (
    its.dataType === others.dataType &&
    its.collation === others.collation &&
    its.scale === others.scale &&
    its.precision === others.precision
  );
}
