import type { CubeModel, Dimension } from "../models/cube.ts";
import type { Period } from "../models/period.ts";
import type { RollUpModel } from "../models/roll-up.ts";
import { baseMeasures, type CubeQuery, keysOf, usedMeasures } from "./cube-store.ts";
import type { Filter } from "./document-store.ts";

/** A question about facts, asked of the groups that a roll-up keeps: the answers are equal. */
export interface RollUpPlan {
  readonly rollUp: RollUpModel;
  readonly query: CubeQuery;
}

/**
 * The roll-ups of a cube that can answer a query, the smallest first; none when it has to be asked of the facts.
 * `sizeOf` says how many documents one has, as far as that is known; those of which it is not come last, in the order of the definition.
 */
export function planRollUps(
  cube: CubeModel,
  query: CubeQuery,
  sizeOf: (rollUp: RollUpModel) => number | undefined = () => undefined,
): readonly RollUpPlan[] {
  const plans = cube.cube.rollUps.flatMap((rollUp) => {
    const rolled = toRolledQuery(rollUp, query);
    return rolled ? [{ rollUp, query: rolled, size: sizeOf(rollUp) }] : [];
  });
  return plans
    .sort((one, other) => (one.size === other.size ? 0 : (one.size ?? Infinity) - (other.size ?? Infinity)))
    .map(({ rollUp, query: rolled }) => ({ rollUp, query: rolled }));
}

/** Null when the roll-up lacks something that the query names, or tells apart less than it asks for. */
export function toRolledQuery(rollUp: RollUpModel, query: CubeQuery): CubeQuery | null {
  const { dimensions, measures } = rollUp.cube;
  if (!keysOf(query).every((key) => Object.hasOwn(dimensions, key))) return null;
  const used = [...usedMeasures(rollUp.rollUp.facts, query), ...baseMeasures(rollUp.rollUp.facts, query)];
  if (!used.every((name) => Object.hasOwn(measures, name))) return null;
  if (query.where === null) return query;
  const { by, determined } = rollUp.rollUp;
  const where = toRolledFilter([...by, ...determined], query.where);
  return where && { ...query, where };
}

/**
 * A condition on facts as one on their groups, true of a group exactly when it is of each of its facts; null when
 * it may be true of some of them only.
 */
export function toRolledFilter(by: readonly Dimension[], filter: Filter): Filter | null {
  switch (filter.kind) {
    case "and":
    case "or": {
      const filters = filter.filters.map((inner) => toRolledFilter(by, inner));
      return filters.every((inner) => inner !== null) ? { kind: filter.kind, filters } : null;
    }
    case "not": {
      const inner = toRolledFilter(by, filter.filter);
      return inner && { kind: "not", filter: inner };
    }
    case "isNull": {
      const found = by.find(({ field }) => field === filter.field);
      return found ? { ...filter, field: found.name } : null;
    }
    case "in":
      return by.some((one) => isField(one, filter.field)) ? filter : null;
    case "compare":
      return by.some((one) => isField(one, filter.field)) ? filter : toPeriods(by, filter);
  }
}

/** Whether groups tell the values of a field apart; the dimension is then called as the field. */
const isField = ({ field, period }: Dimension, name: string): boolean => field === name && period === null;

/** A bound on a day as one on the first days of periods: only where it is the border of two of them. */
function toPeriods(by: readonly Dimension[], filter: Filter & { readonly kind: "compare" }): Filter | null {
  // What is at most a day is before the next one.
  const isNext = filter.operator === "lte" || filter.operator === "gt";
  const operator = { lt: "lt", lte: "lt", gte: "gte", gt: "gte" }[filter.operator as string];
  const border = isNext ? dayAfter(String(filter.value)) : String(filter.value);
  if ((operator !== "lt" && operator !== "gte") || border === null) return null;
  const found = by.find(
    ({ field, period }) => field === filter.field && period !== null && beginsPeriod(period, border),
  );
  return found ? { kind: "compare", field: found.name, operator, value: border } : null;
}

function dayAfter(day: string): string | null {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return Number.isNaN(next.getTime()) || next.getUTCFullYear() > 9999
    ? null
    : next.toISOString().slice(0, 10);
}

/** Whether a period begins on a day (`YYYY-MM-DD`); of what is no range of days none does. */
function beginsPeriod(period: Period, day: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return false;
  const [, month, ofMonth] = day.split("-").map(Number);
  switch (period) {
    case "hour":
    case "weekday":
      return false;
    case "day":
      return true;
    case "week":
      return new Date(`${day}T00:00:00Z`).getUTCDay() === 1;
    case "month":
      return ofMonth === 1;
    case "quarter":
      return ofMonth === 1 && ((month ?? 0) - 1) % 3 === 0;
    case "year":
      return ofMonth === 1 && month === 1;
  }
}
