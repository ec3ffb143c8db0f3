import type { CubeModel, Dimension } from "../models/cube.ts";
import type { ScalarField } from "../models/field.ts";
import { determines, isCyclic, type Period } from "../models/period.ts";
import { isRollUp } from "../models/roll-up.ts";
import { fromUnits, ratioHalfUp, toUnits } from "./conversion/exact-decimal.ts";
import { compareKeys, comparePlaces, fieldOf, scaleOf, toSortKey } from "./cube-order.ts";
import { type CubeQuery, type CubeWindow, type Group, keysOf, type WindowValues } from "./cube-store.ts";
import type { FilterValue } from "./document-store.ts";
import { previousPeriod } from "./previous-period.ts";
import { toPartition } from "./required-values.ts";
import { sortInTurns } from "./sort-in-turns.ts";
import type { Breaks } from "./take-breaks.ts";

/** Digits of a share after the point, rounded half up: 0.333333. */
export const SHARE_SCALE = 6;

/** All groups of a query and what they are of. */
interface Groups {
  readonly cube: CubeModel;
  readonly query: CubeQuery;
  readonly all: readonly Group[];
  readonly rest: Breaks;
}

/** The groups as windows sort them. */
interface RankedGroups extends Groups {
  /** Of each group its place by what makes every order total; empty when nothing is sorted. */
  readonly ranks: readonly number[];
}

/**
 * What each window of the query says of each group, in the order of `query.windows`. Windows look at all groups that `where`
 * leaves: `having`, order and limit choose rows, and change no value.
 */
export async function readWindows(groups: Groups): Promise<(group: Group) => readonly WindowValues[]> {
  const { windows = [] } = groups.query;
  const found: (readonly WindowValues[])[] = [];
  // Once for all: to compare keys takes longer than the rest (ten running totals of 95,000 groups: 56 s, not 11).
  const ranks = windows.some(({ kind }) => kind === "runningTotal") ? await rankPlaces(groups) : [];
  for (const window of windows) found.push(await readWindow({ ...groups, ranks }, window));
  const places = new Map(groups.all.map((group, index) => [group, index]));
  return (group) => {
    const place = places.get(group) ?? -1;
    return found.map((values) => values[place] ?? {});
  };
}

async function rankPlaces({ cube, query, all, rest }: Groups): Promise<readonly number[]> {
  const rows = all.map((group, index) => ({ group, index }));
  const sorted = await sortInTurns(rows, (a, b) => comparePlaces(cube, query, a.group, b.group), rest);
  const ranks: number[] = new Array(all.length);
  for (const [rank, { index }] of sorted.entries()) ranks[index] = rank;
  return ranks;
}

function readWindow(groups: RankedGroups, window: CubeWindow): Promise<readonly WindowValues[]> {
  switch (window.kind) {
    case "share":
      return readWithin(groups, splitWindow(groups.cube, window), readShares);
    case "runningTotal":
      return readWithin(groups, splitWindow(groups.cube, window), readRunningTotals);
    case "previous":
      return readPrevious(groups, window);
  }
}

/** The window as one for all measures that require the same, each within that too. */
function splitWindow<W extends Of<"share" | "runningTotal">>(cube: CubeModel, window: W): readonly W[] {
  const parts = new Map<string, W>();
  const orderBy = window.kind === "runningTotal" ? window.orderBy : [];
  for (const measure of window.measures) {
    const within = toPartition(cube, window.within, { measure, orderBy });
    const name = JSON.stringify(within);
    const measures = [...(parts.get(name)?.measures ?? []), measure];
    parts.set(name, { ...window, within, measures });
  }
  return [...parts.values()];
}

async function readWithin<W extends CubeWindow>(
  groups: RankedGroups,
  parts: readonly W[],
  read: (groups: RankedGroups, window: W) => Promise<readonly WindowValues[]>,
): Promise<readonly WindowValues[]> {
  const found: (readonly WindowValues[])[] = [];
  for (const part of parts) found.push(await read(groups, part));
  const [only] = found;
  if (only && found.length === 1) return only;
  return groups.all.map((_group, at) => Object.assign({}, ...found.map((values) => values[at])));
}

type Of<Kind extends CubeWindow["kind"]> = CubeWindow & { readonly kind: Kind };

/** Names the groups of one set that have the same values of some dimensions, of those that the set has. */
export function partitionOf(query: CubeQuery, group: Group, dimensions: readonly string[]): string {
  const set = query.sets[group.set] ?? [];
  return JSON.stringify([
    group.set,
    ...dimensions.map((name) => (set.includes(name) ? (group.values[name] ?? null) : null)),
  ]);
}

const valuesOf = (measures: readonly string[], value: (name: string) => FilterValue | null): WindowValues =>
  Object.fromEntries(measures.map((name) => [name, value(name)]));

const unitsOf = (cube: CubeModel, group: Group, name: string): bigint =>
  toUnits(String(group.values[name] ?? 0), scaleOf(fieldOf(cube, name)));

async function readShares(
  { cube, query, all, rest }: Groups,
  { measures, within }: Of<"share">,
): Promise<readonly WindowValues[]> {
  const totals = new Map<string, Map<string, bigint>>();
  const partitions: Map<string, bigint>[] = [];
  for (const group of all) {
    const name = partitionOf(query, group, within);
    const total = totals.get(name) ?? new Map<string, bigint>();
    totals.set(name, total);
    partitions.push(total);
    for (const measure of measures)
      total.set(measure, (total.get(measure) ?? 0n) + unitsOf(cube, group, measure));
    if (rest.isDue()) await rest.take();
  }
  const found: WindowValues[] = [];
  for (const [index, group] of all.entries()) {
    const total = partitions[index];
    found.push(
      valuesOf(measures, (name) =>
        ratioHalfUp(unitsOf(cube, group, name), total?.get(name) ?? 0n, SHARE_SCALE),
      ),
    );
    if (rest.isDue()) await rest.take();
  }
  return found;
}

async function readRunningTotals(
  { cube, query, all, ranks, rest }: RankedGroups,
  { measures, within, orderBy }: Of<"runningTotal">,
): Promise<readonly WindowValues[]> {
  const rows = all.map((group, index) => ({
    group,
    index,
    keys: orderBy.map(({ field }) => toSortKey(fieldOf(cube, field), group.values[field] ?? null)),
  }));
  const sorted = await sortInTurns(
    rows,
    (left, right) =>
      compareKeys(left.keys, right.keys, orderBy) || (ranks[left.index] ?? 0) - (ranks[right.index] ?? 0),
    rest,
  );
  const totals = new Map<string, bigint>();
  const found: WindowValues[] = new Array(all.length);
  for (const { group, index } of sorted) {
    const partition = partitionOf(query, group, within);
    found[index] = valuesOf(measures, (name) => {
      const key = `${name} ${partition}`;
      const total = (totals.get(key) ?? 0n) + unitsOf(cube, group, name);
      totals.set(key, total);
      return toValue(fieldOf(cube, name), total);
    });
    if (rest.isDue()) await rest.take();
  }
  return found;
}

const toValue = (field: ScalarField, total: bigint): FilterValue =>
  field.kind === "int" ? Number(total) : fromUnits(total, scaleOf(field));

async function readPrevious(
  { cube, query, all, rest }: Groups,
  { measures, over, step }: Of<"previous">,
): Promise<readonly WindowValues[]> {
  // A roll-up's documents hold periods, which it takes as they are.
  const { dimensions } = (isRollUp(cube) ? cube.rollUp.facts : cube).cube;
  const period = periodOf(dimensions[over]);
  // The month before is one of another year, which follows from the month.
  const others = keysOf(query).filter((key) => key !== over && !follows(dimensions[over], dimensions[key]));
  const has = ({ set }: Group) => query.sets[set]?.includes(over) ?? false;
  const nameOf = (group: Group, value: string) => `${value} ${partitionOf(query, group, others)}`;
  const named = new Map<string, Group>();
  for (const group of all) {
    if (has(group)) named.set(nameOf(group, String(group.values[over])), group);
    if (rest.isDue()) await rest.take();
  }
  const found: WindowValues[] = [];
  for (const group of all) {
    const value = group.values[over] ?? null;
    const before = value === null || !has(group) ? null : previousPeriod(period, String(value), step);
    const other = before === null ? undefined : named.get(nameOf(group, before));
    found.push(valuesOf(measures, (name) => other?.values[name] ?? null));
    if (rest.isDue()) await rest.take();
  }
  return found;
}

/** Of a date, which periods follow each other. */
function periodOf(dimension: Dimension | undefined): Exclude<Period, "hour" | "weekday"> {
  const period = dimension?.period ?? "day";
  if (isCyclic(period)) throw new TypeError("The windows of a query are checked before.");
  return period;
}

const follows = (one: Dimension | undefined, other: Dimension | undefined): boolean =>
  one?.field === other?.field && determines(one?.period ?? null, other?.period ?? null);
