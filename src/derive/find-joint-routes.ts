import {
  type Block,
  columnOf,
  columnsOf,
  compare,
  type Instance,
  isSame,
  isWithin,
  replaceColumns,
  type Value,
} from "./block.ts";
import { chooseHop, columnsIn, type Hop, type Link, linksOf, type Route } from "./find-routes.ts";
import { costOfLogging } from "./logged-columns.ts";
import { refuse } from "./refusal.ts";
import type { Rules } from "./rules.ts";
import { printEqual } from "./value-types.ts";

/** The rows that a document's id is made of, each of which may be missing unless its block is that of all documents. */
export interface JointKey {
  readonly root: Block;
  readonly id: Value;
  readonly keyColumn: string;
}

/** One of the routes of a changed row to its documents; all of them have to be asked. */
export interface JointRoute {
  readonly route: Route;
  /** Nothing links the row to an id, so every id is named. */
  readonly isEvery: boolean;
}

/** More selects than these for one use of a table are no view that a server should open for every change. */
const mostRoutes = 64;

/**
 * The routes to an id that rows of several tables make, or rows that may be missing. Several rows of a combination may
 * have changed since it was seen last, each resolved alone. Of these changes one is resolved first: then all the others
 * still stand in their change tables, with the keys of before. So each row on the way is looked for as it is and
 * as it was logged; and an id is also made without the rows that may be missing.
 */
export function findJointRoutes(instance: Instance, key: JointKey, rules: Rules): readonly JointRoute[] {
  const roots = [...new Set((columnsOf(key.id) ?? []).map((one) => one.instance))];
  const optional = [...new Set(roots.map((one) => one.block))].filter((block) => block !== key.root);
  const absences = rules.rootIsThere ? subsetsOf(optional) : [[]];
  const routes = absences.flatMap((absent) => {
    const isAbsent = (one: Instance) => absent.some((block) => isWithin(one.block, block));
    const wanted = roots.filter((one) => !isAbsent(one));
    const id = replaceColumns(key.id, (one) =>
      isAbsent(one.instance) ? { kind: "constant", text: "null" } : one,
    );
    const found = findTree(instance, wanted, (one) => one === instance || !isAbsent(one));
    const hops = found ?? findAll(wanted);
    const logged = found !== null && rules.logIsAsked ? subsetsOf(hops) : [[]];
    return logged.map((some): JointRoute => {
      const all = hops.map((hop) => (some.includes(hop) ? { ...hop, isLogged: true, isScan: false } : hop));
      return { route: { cost: 0, hops: all, id }, isEvery: found === null };
    });
  });
  if (routes.length > mostRoutes)
    refuse(
      `Its key ${key.keyColumn} is made of rows that are too many joins apart`,
      "Take the key from columns that stand nearer to each other.",
    );
  return routes;
}

function subsetsOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  const [first, ...rest] = all;
  if (first === undefined) return [[]];
  const without = subsetsOf(rest);
  return [...without, ...without.map((some) => [first, ...some])];
}

/** Every row that an id is made of, as it is now. */
function findAll(wanted: readonly Instance[]): readonly Hop[] {
  const [first, ...others] = wanted;
  if (!first) return [];
  const start: Hop = { instance: first, conditions: [], isScan: false };
  const tree = findTree(first, others, (one) => wanted.includes(one) || one.block === first.block);
  return [start, ...(tree ?? others.map((instance): Hop => ({ instance, conditions: [], isScan: true })))];
}

interface Step {
  readonly cost: number;
  readonly from: Instance;
  readonly hop: Hop;
}

/** The hops from a row to all that are wanted, each after the one that it is found by (Dijkstra); null without a way. */
function findTree(
  start: Instance,
  wanted: readonly Instance[],
  isUsable: (instance: Instance) => boolean,
): readonly Hop[] | null {
  const blocks = [...new Set([start, ...wanted].flatMap((one) => chainOf(one.block)))];
  const links = withImplied(blocks.flatMap(linksOf)).filter(({ condition }) => isLogged(condition));
  const instances = blocks.flatMap((block) => block.instances).filter(isUsable);
  const settled = new Map<Instance, Step | null>();
  const open = new Map<Instance, Step>();
  const relax = (from: Instance, cost: number) => {
    for (const instance of instances) {
      if (settled.has(instance)) continue;
      const mine = links.filter((link) => link.instances.has(instance) && link.instances.has(from));
      const found = mine.length === 0 ? null : chooseHop(from, instance, mine);
      if (found && cost + found.cost < (open.get(instance)?.cost ?? Number.POSITIVE_INFINITY))
        open.set(instance, { cost: cost + found.cost, from, hop: found.hop });
    }
  };
  settled.set(start, null);
  relax(start, 0);
  while (open.size > 0) {
    const [[instance, step] = []] = [...open].sort(([, one], [, other]) => one.cost - other.cost);
    if (!instance || !step) break;
    open.delete(instance);
    settled.set(instance, step);
    relax(instance, step.cost);
  }
  if (!wanted.every((one) => settled.has(one))) return null;
  const needed = new Set<Instance>();
  for (const one of wanted)
    for (let step = settled.get(one), at = one; step; at = step.from, step = settled.get(at)) needed.add(at);
  return [...settled].flatMap(([instance, step]) => (step && needed.has(instance) ? [step.hop] : []));
}

type Column = Value & { readonly kind: "column" };

/** With what follows from them: columns that equal the same one equal each other, so what is between need not be joined. */
function withImplied(links: readonly Link[]): readonly Link[] {
  const classes: Column[][] = [];
  const classOf = (column: Column) => classes.find((some) => some.some((one) => isSame(one, column)));
  for (const { condition } of links) {
    const pair = toPair(condition);
    if (!pair) continue;
    const [left, right] = pair.map((column) => classOf(column) ?? [column]);
    if (!left || !right || left === right) continue;
    const others = classes.filter((some) => some !== left && some !== right);
    classes.splice(0, classes.length, ...others, [...left, ...right]);
  }
  const implied = classes.flatMap((columns) =>
    columns.flatMap((one, at) =>
      columns.slice(at + 1).flatMap((other): Link[] => {
        const condition = compare("=", one, other);
        const isKnown = links.some(
          (link) => isSame(link.condition, condition) || isSame(link.condition, compare("=", other, one)),
        );
        if (isKnown || one.instance === other.instance) return [];
        return [{ condition, instances: new Set([one.instance, other.instance]) }];
      }),
    ),
  );
  return [...links, ...implied];
}

/** Two columns that are the same where a condition holds; undefined for any other condition. */
function toPair(condition: Value): readonly [Column, Column] | undefined {
  if (condition.kind !== "made" || condition.name !== "=") return undefined;
  const [left, right] = condition.args;
  if (left?.kind !== "column" || right?.kind !== "column") return undefined;
  const [one, other] = [columnOf(left), columnOf(right)];
  return one && other && printEqual(one, other) ? [left, right] : undefined;
}

const chainOf = (block: Block): readonly Block[] => [block, ...(block.parent ? chainOf(block.parent) : [])];

/** Whether change tables hold both sides of a link: rows on the way are looked for there too. */
const isLogged = (condition: Link["condition"]): boolean =>
  (columnsOf(condition) ?? []).every(({ instance, column }) => costOfLogging(instance, column) !== null);

/** The columns that the change table of a hop's instance must hold for this route. */
export const columnsOfHop = (route: Route, { instance }: Hop): readonly string[] =>
  columnsIn([...route.hops.flatMap((hop) => hop.conditions), route.id], instance);
