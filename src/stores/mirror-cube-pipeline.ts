import type { CubeModel, Dimension } from "../models/cube.ts";
import { baseMeasures, type CubeQuery, keysOf } from "./cube-store.ts";

type Stage = Record<string, unknown>;
type Parts = Record<string, unknown>;

/**
 * One aggregation pipeline over the mirrored facts, which reads each fact once:
 * 1. group by every key of any set and every value to count distinctly, adding up sums;
 * 2. give each such group to each grouping set, with the keys that the set lacks made null (and, when
 *    several things are counted distinctly, once for each of them);
 * 3. group again, so that each distinct value is there once; 4. count them.
 * Steps that a query does not need are left out. There is no `$addToSet`: its memory grows with the values.
 */
export function toPipeline(cube: CubeModel, query: CubeQuery, match: Stage): Stage[] {
  const keys = keysOf(query);
  const measures = baseMeasures(cube, query);
  const distinct = measures.filter((name) => cube.cube.measures[name]?.kind === "countDistinct");
  const sums = measures.filter((name) => !distinct.includes(name));
  const keyNames = keys.map(keyName);

  const first: Parts = Object.fromEntries([
    ...keys.map((key, index) => [keyName(key, index), keyExpression(cube.cube.dimensions[key])]),
    ...distinct.map((name, index) => [`d${index}`, fieldOf(cube, name)]),
  ]);
  const firstSums = Object.fromEntries(sums.map((name) => [name, { $sum: fieldOf(cube, name) }]));
  const addUp = Object.fromEntries(sums.map((name) => [name, { $sum: `$${name}` }]));
  const stages: Stage[] = [{ $match: match }, { $group: { _id: first, ...firstSums } }];

  const isPlain = query.sets.length === 1;
  if (isPlain && distinct.length === 0) return [...stages, shape(keyNames, measures, { $literal: 0 })];
  if (isPlain && distinct.length === 1) {
    stages.push({
      $group: { _id: pick("$_id", keyNames), ...addUp, [distinct[0] ?? ""]: countPresent("$_id.d0") },
    });
    return [...stages, shape(keyNames, measures, { $literal: 0 })];
  }

  const parts = query.sets.flatMap((set, index) => {
    const masked = Object.fromEntries(
      keys.map((key, at) => [keyName(key, at), set.includes(key) ? `$_id.${keyName(key, at)}` : null]),
    );
    const carried = Object.fromEntries(sums.map((name) => [name, `$${name}`]));
    if (distinct.length === 0) return [{ s: { $literal: index }, ...masked, ...carried }];
    // Sums travel with the first distinct measure only, so that they are added up once.
    return distinct.map((_, at) => ({
      s: { $literal: index },
      ...masked,
      t: { $literal: at },
      v: `$_id.d${at}`,
      ...(at === 0 ? carried : {}),
    }));
  });
  const carriedUp = Object.fromEntries(sums.map((name) => [name, { $sum: `$p.${name}` }]));
  stages.push({ $project: { _id: 0, p: parts } }, { $unwind: "$p" });
  if (distinct.length === 0) {
    stages.push({ $group: { _id: pick("$p", ["s", ...keyNames]), ...carriedUp } });
  } else {
    const counts = Object.fromEntries(
      distinct.map((name, at) => [name, countPresent("$_id.v", { $eq: ["$_id.t", at] })]),
    );
    stages.push(
      { $group: { _id: pick("$p", ["s", ...keyNames, "t", "v"]), ...carriedUp } },
      { $group: { _id: pick("$_id", ["s", ...keyNames]), ...addUp, ...counts } },
    );
  }
  return [...stages, shape(keyNames, measures, "$_id.s")];
}

/** Keys are renamed: a name of a dimension must not meet one of ours or of a measure. */
export const keyName = (_key: string, index: number): string => `_k${index}`;

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
  return { $dateTrunc: { date: `$${field}`, unit: period, startOfWeek: "monday" } };
}

/** What a base measure adds up or counts: 1 per fact, or the value of a field. */
function fieldOf(cube: CubeModel, name: string): unknown {
  const measure = cube.cube.measures[name];
  return measure?.kind === "sum" || measure?.kind === "countDistinct" ? `$${measure.field}` : 1;
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
