import type { CubeModel, Dimension } from "../../models/cube.ts";
import { countSameFacts } from "../../models/measure-field.ts";
import { isRollUp } from "../../models/roll-up.ts";
import { baseMeasures, type CubeQuery, factsOf, keysOf } from "../cube-store.ts";
import { toMirrorExpression } from "./mirror-filter.ts";

type Stage = Record<string, unknown>;
type Parts = Record<string, unknown>;

/**
 * One aggregation pipeline over the mirrored facts, which reads each fact once:
 * 1. group by every key of any set and every value to count distinctly, folding all other measures;
 * 2. for several grouping sets, give each such group to each set, with the keys that the set lacks made null, and
 *    group again; 3. count the distinct values.
 * There is no `$addToSet`: its memory grows with the values.
 */
export function toPipeline(cube: CubeModel, query: CubeQuery, match: Stage): Stage[] {
  const keys = keysOf(query);
  const measures = baseMeasures(cube, query);
  const found = measures.filter((name) => cube.cube.measures[name]?.kind === "countDistinct");
  const chain = toChain(cube, found);
  const distinct = chain ?? found;
  const sums = measures.filter((name) => !distinct.includes(name));
  const keyNames = keys.map(keyName);
  const isPlain = query.sets.length === 1;
  const groupNames = isPlain ? keyNames : ["_s", ...keyNames];
  const values = distinct.map((_, index) => valueName(index));

  const first: Parts = Object.fromEntries([
    ...keys.map((key, index) => [keyName(key, index), keyExpression(cube.cube.dimensions[key])]),
    ...distinct.map((name, index) => [valueName(index), fieldOf(cube, name)]),
  ]);
  const stages: Stage[] = [
    { $match: match },
    {
      $group: {
        _id: first,
        ...fold(cube, sums, (name) => fieldOf(cube, name)),
      },
    },
  ];
  const setParts = (inSet: (set: readonly string[], index: number) => readonly Parts[]) => {
    const parts = query.sets.flatMap(inSet);
    stages.push({ $project: { _id: 0, p: parts } }, { $unwind: "$p" });
  };
  const masked = (set: readonly string[], index: number): Parts => ({
    ...(isPlain ? {} : { _s: { $literal: index } }),
    ...Object.fromEntries(
      keys.map((key, at) => [keyName(key, at), set.includes(key) ? `$_id.${keyName(key, at)}` : null]),
    ),
  });
  const carried = Object.fromEntries(sums.map((name) => [name, `$${name}`]));

  if (chain) {
    if (!isPlain) {
      setParts((set, index) => [{ ...masked(set, index), ...pick("$_id", values), ...carried }]);
      stages.push({
        $group: { _id: pick("$p", [...groupNames, ...values]), ...fold(cube, sums, (name) => `$p.${name}`) },
      });
    }
    // Values within others are counted first: their groups then become one per value of the next.
    chain.forEach((name, at) => {
      const rest = pick("$_id", [...groupNames, ...values.slice(at + 1)]);
      const known = fold(cube, [...sums, ...chain.slice(0, at)], (measure) => `$${measure}`);
      stages.push({ $group: { _id: rest, ...known, [name]: countPresent(`$_id.${valueName(at)}`) } });
    });
  } else {
    // Each group once per distinct measure (_t) with its value (_v); sums travel with the first, to be added once.
    setParts((set, index) =>
      distinct.map((_, at) => ({
        ...masked(set, index),
        _t: { $literal: at },
        _v: `$_id.${valueName(at)}`,
        ...(at === 0 ? carried : {}),
      })),
    );
    const counts = distinct.map((name, at) => [name, countPresent("$_id._v", { $eq: ["$_id._t", at] })]);
    stages.push(
      {
        $group: { _id: pick("$p", [...groupNames, "_t", "_v"]), ...fold(cube, sums, (name) => `$p.${name}`) },
      },
      {
        $group: {
          _id: pick("$_id", groupNames),
          ...fold(cube, sums, (name) => `$${name}`),
          ...Object.fromEntries(counts),
        },
      },
    );
  }
  return [...stages, shape(keyNames, measures, isPlain ? { $literal: 0 } : "$_id._s")];
}

/** Whether each group of a query is one document of a roll-up: there is nothing to group then. */
export function asksForDocuments(cube: CubeModel, query: CubeQuery): boolean {
  if (!isRollUp(cube) || query.sets.length !== 1) return false;
  const keys = keysOf(query);
  const { by, determined } = cube.rollUp;
  const told = new Set([...by, ...determined].map(({ name }) => name));
  return keys.every((key) => told.has(key)) && by.every(({ name }) => keys.includes(name));
}

/** The distinct measures, all of the same facts, in an order in which each is within the next; null when there is none. */
function toChain(cube: CubeModel, names: readonly string[]): readonly string[] | null {
  const isWithin = (name: string | undefined, outer: string | undefined): boolean => {
    const [one, other] = [distinctOf(cube, name), distinctOf(cube, outer)];
    // Of other facts a value would be met both with the outer one and with null, and count twice.
    return (
      one !== undefined &&
      other !== undefined &&
      one.within.includes(other.field) &&
      countSameFacts(one, other)
    );
  };
  let chain = names.slice(0, 1);
  for (const name of names.slice(1)) {
    if (isWithin(chain.at(-1), name)) chain = [...chain, name];
    else if (isWithin(name, chain[0])) chain = [name, ...chain];
    else return null;
  }
  return chain;
}

function distinctOf(cube: CubeModel, name: string | undefined) {
  const measure = name === undefined ? undefined : cube.cube.measures[name];
  return measure?.kind === "countDistinct" ? measure : undefined;
}

/** Puts values of measures together: of facts, or of groups of them. Nulls, and what is not there, are left out. */
const fold = (cube: CubeModel, names: readonly string[], from: (name: string) => unknown): Parts =>
  Object.fromEntries(names.map((name) => [name, { [foldOf(cube, name)]: from(name) }]));

function foldOf(cube: CubeModel, name: string): "$sum" | "$min" | "$max" {
  const kind = cube.cube.measures[name]?.kind;
  return kind === "min" || kind === "max" ? `$${kind}` : "$sum";
}

/** Keys are renamed: a name of a dimension must not meet one of ours or of a measure. No measure begins with `_`. */
export const keyName = (_key: string, index: number): string => `_k${index}`;
const valueName = (index: number): string => `_d${index}`;

const pick = (from: string, names: readonly string[]): Parts =>
  Object.fromEntries(names.map((name) => [name, `${from}.${name}`]));

/** How many groups have a value at `path` (null is not counted, as in SQL) and fit the condition. */
const countPresent = (path: string, condition?: Parts): Parts => ({
  $sum: {
    $cond: [{ $and: [...(condition ? [condition] : []), { $gt: [path, null] }] }, 1, 0],
  },
});

function keyExpression(dimension: Dimension | undefined): unknown {
  if (!dimension) throw new TypeError("The dimensions of a query are checked before.");
  const { field, period } = dimension;
  if (period === null) return `$${field}`;
  if (period === "hour") return { $hour: `$${field}` };
  if (period === "weekday") return { $isoDayOfWeek: `$${field}` };
  return { $dateTrunc: { date: `$${field}`, unit: period, startOfWeek: "monday" } };
}

/** What a base measure adds up or counts: 1 per fact, or the value of a field; null for facts that do not count. */
function fieldOf(cube: CubeModel, name: string): unknown {
  const measure = cube.cube.measures[name];
  if (!measure) throw new TypeError("The measures of a query are checked before.");
  const value = "field" in measure ? `$${measure.field}` : 1;
  const facts = factsOf(measure);
  return facts ? { $cond: [toMirrorExpression(cube, facts), value, null] } : value;
}

/** `{_s: index of the set, _k0 …: keys, <measure>: …}`. */
const shape = (keyNames: readonly string[], measures: readonly string[], set: unknown): Stage => ({
  $project: {
    _id: 0,
    _s: set,
    ...pick("$_id", keyNames),
    ...Object.fromEntries(measures.map((name) => [name, 1])),
  },
});
