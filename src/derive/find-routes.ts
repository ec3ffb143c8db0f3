import {
  type Block,
  columnOf,
  columnsOf,
  type Instance,
  instancesOf,
  isWithin,
  replaceColumns,
  type Value,
} from "./block.ts";
import { costOfLogging } from "./logged-columns.ts";
import type { Rules } from "./rules.ts";
import { isSafe, printEqual } from "./value-types.ts";

export interface Hop {
  readonly instance: Instance;
  /** None: all its rows. */
  readonly conditions: readonly Value[];
  /** No index finds its rows. */
  readonly isScan: boolean;
  /** Its rows as they were before changes that nobody has asked about yet, not as they are. */
  readonly isLogged?: boolean;
}

/** How a changed row finds its documents: the rows to join, one after the other, and the id at the end. */
export interface Route {
  readonly cost: number;
  readonly hops: readonly Hop[];
  readonly id: Value;
}

export type Routes = ReadonlyMap<Instance, Route>;

export interface Link {
  readonly condition: Value;
  readonly instances: ReadonlySet<Instance>;
}

/**
 * The cheapest routes from every instance to the root; none for those that no condition links. A route leads
 * through the conditions of its own block and of those above, which all hold wherever its rows count, and every
 * hop costs something: so of the rows that changed, one has a route over rows that did not.
 */
export function findRoutes(root: Block, start: Instance, id: Value, rules: Rules): Routes {
  const routes = new Map<Instance, Route>([[start, { cost: 0, hops: [], id }]]);
  const solve = (block: Block): void => {
    followLinks(block, routes, rules);
    for (const child of block.children) solve(child);
  };
  solve(root);
  return routes;
}

/** Settles the instances of one block, the cheapest first (Dijkstra). */
function followLinks(block: Block, routes: Map<Instance, Route>, rules: Rules): void {
  const links = linksOf(block);
  const open = new Map<Instance, Route>();
  const relax = (through: Instance): void => {
    const route = routes.get(through);
    if (!route) return;
    for (const instance of block.instances) {
      if (routes.has(instance)) continue;
      const mine = links.filter((link) => link.instances.has(instance) && link.instances.has(through));
      const found = mine.length === 0 ? null : extend(instance, through, route, { links: mine, rules });
      if (found && found.cost < (open.get(instance)?.cost ?? Number.POSITIVE_INFINITY))
        open.set(instance, found);
    }
  };
  for (const known of [...routes.keys()]) if (isWithin(block, known.block)) relax(known);
  while (open.size > 0) {
    const [[instance, route] = []] = [...open].sort(([, one], [, other]) => one.cost - other.cost);
    if (!instance || !route) return;
    open.delete(instance);
    routes.set(instance, route);
    relax(instance);
  }
}

/** The conditions of a block that say which rows of two instances belong together. */
export function linksOf(block: Block): readonly Link[] {
  return block.conditions.flatMap((condition): Link[] => {
    const instances = instancesOf(condition);
    // That rows make a value says nothing of which of them belong together.
    const isLink = condition.kind !== "made" || condition.name !== "is not null";
    return isLink && instances?.size === 2 && isSafe(condition) ? [{ condition, instances }] : [];
  });
}

interface Way {
  readonly links: readonly Link[];
  readonly rules: Rules;
}

/** The route of an instance over the next one: without joining that when its own columns say the same. */
function extend(instance: Instance, through: Instance, route: Route, way: Way): Route | null {
  const skipped = skip(instance, through, route, way);
  const joined = join(instance, through, route, way);
  if (!skipped || !joined) return skipped ?? joined;
  return skipped.cost <= joined.cost ? skipped : joined;
}

/** The columns of an instance among those of the values. */
export const columnsIn = (values: readonly Value[], instance: Instance): readonly string[] => [
  ...new Set(
    values
      .flatMap((value) => columnsOf(value) ?? [])
      .flatMap((one) => (one.instance === instance ? [one.column] : [])),
  ),
];

const valuesIn = (route: Pick<Route, "hops" | "id">): readonly Value[] => [
  ...route.hops.flatMap((hop) => hop.conditions),
  route.id,
];

function skip(instance: Instance, through: Instance, route: Route, { links, rules }: Way): Route | null {
  const equal = new Map<string, string>();
  for (const { condition } of links) {
    const pair = toPair(condition, instance, through);
    if (!pair || costOfLogging(instance, pair.here) === null) continue;
    const [one, other] = [instance.table?.columns.get(pair.here), through.table?.columns.get(pair.there)];
    if (one && other && (printEqual(one, other) || !rules.skipPrintsEqual)) equal.set(pair.there, pair.here);
  }
  const needed = columnsIn(valuesIn(route), through);
  if (!needed.every((column) => equal.has(column))) return null;
  const replace = (value: Value): Value =>
    replaceColumns(value, (one) =>
      one.instance === through ? { kind: "column", instance, column: equal.get(one.column) ?? "" } : one,
    );
  const hops = route.hops.map((hop) => ({ ...hop, conditions: hop.conditions.map(replace) }));
  const cost =
    route.cost +
    0.05 +
    costOf(columnsIn([...hops.flatMap((hop) => hop.conditions), replace(route.id)], instance), instance);
  return { cost, hops, id: replace(route.id) };
}

const costOf = (columns: readonly string[], instance: Instance): number =>
  columns.reduce((sum, column) => sum + (costOfLogging(instance, column) ?? 0), 0);

/** `a.x = b.y` as columns of both. */
function toPair(
  condition: Value,
  instance: Instance,
  through: Instance,
): { readonly here: string; readonly there: string } | null {
  if (condition.kind !== "made" || condition.name !== "=") return null;
  const [left, right] = condition.args;
  if (left?.kind !== "column" || right?.kind !== "column") return null;
  const [here, there] = left.instance === instance ? [left, right] : [right, left];
  return here.instance === instance && there.instance === through
    ? { here: here.column, there: there.column }
    : null;
}

function join(instance: Instance, through: Instance, route: Route, { links }: Way): Route | null {
  const best = chooseHop(instance, through, links);
  return best && { cost: route.cost + best.cost, hops: [best.hop, ...route.hops], id: route.id };
}

/** How a row of one instance, as it was logged, finds those of another; null when nothing links them. */
export function chooseHop(
  instance: Instance,
  through: Instance,
  links: readonly Link[],
): { readonly hop: Hop; readonly cost: number } | null {
  const usable = links.filter(({ condition }) =>
    columnsIn([condition], instance).every((column) => costOfLogging(instance, column) !== null),
  );
  const isFree = ({ condition }: Link) => costOf(columnsIn([condition], instance), instance) === 0;
  const free = usable.filter(isFree);
  const best = [free, usable]
    .filter((some) => some.length > 0)
    .map((some) => {
      const conditions = some.map(({ condition }) => condition);
      const lookup = costOfLookup(instance, through, conditions);
      return { conditions, lookup, cost: lookup + costOf(columnsIn(conditions, instance), instance) };
    })
    .sort((one, other) => one.cost - other.cost)[0];
  if (!best) return null;
  const hop = { instance: through, conditions: best.conditions, isScan: best.lookup >= scanCost };
  return { hop, cost: best.cost };
}

const scanCost = 40;

function costOfLookup(instance: Instance, through: Instance, conditions: readonly Value[]): number {
  const equal = new Set(conditions.flatMap((condition) => lookedUp(condition, instance, through)));
  const { table } = through;
  if (!table) return scanCost;
  if (table.uniqueKeys.some((key) => key.every((column) => equal.has(column)))) return 1;
  return table.indexes.some(([first]) => first !== undefined && equal.has(first)) ? 1.5 : scanCost;
}

/** The column that an index finds by what it equals. */
function lookedUp(condition: Value, instance: Instance, through: Instance): readonly string[] {
  if (condition.kind !== "made" || (condition.name !== "=" && condition.name !== "<=>")) return [];
  const [left, right] = condition.args;
  return [
    [left, right],
    [right, left],
  ].flatMap(([one, other]) => {
    if (one?.kind !== "column" || one.instance !== through || other === undefined) return [];
    const from = instancesOf(other);
    if (from === null || from.has(through) || !from.has(instance)) return [];
    return isComparable(one, other) ? [one.column] : [];
  });
}

function isComparable(one: Value & { readonly kind: "column" }, other: Value): boolean {
  if (other.kind !== "column") return true;
  const [its, others] = [columnOf(one), columnOf(other)];
  return its !== null && others !== null && (its.collation === null) === (others.collation === null);
}
