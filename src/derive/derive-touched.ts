import { columnOf, columnsOf, type Instance, instancesOf, type Value } from "./block.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Derivation, Refused } from "./derivation.ts";
import { describeTables, type Found } from "./describe-tables.ts";
import { findJointRoutes } from "./find-joint-routes.ts";
import { findRoutes } from "./find-routes.ts";
import { isPlain } from "./functions.ts";
import type { ViewText } from "./read-views.ts";
import { Refusal, refuse } from "./refusal.ts";
import { type Rules, soundRules } from "./rules.ts";
import { isPrintable } from "./value-types.ts";
import { type World, walkWorlds } from "./walk-worlds.ts";

export interface DeriveOptions {
  readonly view: string;
  /** The column of the view that holds a document's id. */
  readonly keyColumn: string;
  /** Columns that matter. Default: all of the view. */
  readonly columns?: readonly string[];
  /** The view and those beneath it, as `readViews` gives them. */
  readonly views: ReadonlyMap<string, ViewText>;
  readonly catalogue: Catalogue;
  /** For tests of the rules. */
  readonly rules?: Rules;
}

/**
 * Says which documents of a view a change of each base table may alter. Every document that differs is named, in
 * whatever batches the changes are asked about; where that cannot be proven it is coarser, or refused.
 */
export function deriveTouched(options: DeriveOptions): Derivation | Refused {
  const { view, keyColumn, columns, views, catalogue, rules = soundRules } = options;
  try {
    const query = views.get(view);
    if (query instanceof Refusal) throw query;
    if (query === undefined) return refuse("It is not a view", "Make it first.");
    const worlds = walkWorlds({ query, keyColumn, columns }, { catalogue, views, rules });
    const tables = describeTables(
      worlds.flatMap((world) => findWays(world, keyColumn, rules)),
      rules,
    );
    return { kind: "derived", view, keyColumn, tables };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: "refused", view, reason: `View ${view} cannot be derived. ${error.message}` };
  }
}

/** Every use of a table in a world, and its routes to the documents. */
function findWays({ root, id }: World, keyColumn: string, rules: Rules): readonly Found[] {
  const roots = findRoots(id, keyColumn);
  const all = instancesBeneath(root);
  const [start = null] = roots;
  if (start === null)
    return all.map((instance) => ({ instance, start, route: { cost: 0, hops: [], id }, isEvery: true }));
  if (roots.length > 1 || start.block !== root)
    return all.flatMap((instance) =>
      findJointRoutes(instance, { root, id, keyColumn }, rules).map((found) => ({
        ...found,
        instance,
        start,
      })),
    );
  const routes = findRoutes(start.block, start, id, rules);
  const every = { cost: 0, hops: [{ instance: start, conditions: [], isScan: false }], id };
  return all.map((instance) => {
    const route = routes.get(instance);
    return { instance, start, route: route ?? every, isEvery: route === undefined };
  });
}

/** The tables whose rows the key comes from; none when the key is a constant. */
function findRoots(id: Value, keyColumn: string): readonly Instance[] {
  const instances = instancesOf(id);
  if (instances === null)
    return refuse(
      `Its key ${keyColumn} is not a column of one table's row, but of a group, a sub-query or several types`,
      "Take the key from a column, grouped by whole numbers, dates or text of a collation that ends in _nopad_bin.",
    );
  for (const one of columnsOf(id) ?? []) {
    const column = columnOf(one);
    if (column === null) continue;
    if (!isPrintable(column) || /zerofill/.test(column.columnType))
      refuse(
        `Its key ${keyColumn} comes from ${one.instance.alias}.${one.column}, of type ${column.columnType}, whose values print in more than one way`,
        "Take the key from whole numbers, decimals, dates or text.",
      );
  }
  if (id.kind === "made" && !isPlainValue(id))
    refuse(`Its key ${keyColumn} is computed in a way that is not understood`, "Take the key from a column.");
  return [...instances];
}

const isPlainValue = (value: Value): boolean =>
  value.kind !== "made" || (isPlain(value.name) && value.args.every(isPlainValue));

function instancesBeneath(block: World["root"]): readonly Instance[] {
  return [...block.instances, ...block.children.flatMap(instancesBeneath)];
}
