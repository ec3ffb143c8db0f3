import type { CubeModel, Dimension } from "../models/cube.ts";
import { isCyclic } from "../models/period.ts";
import type { CubeRow } from "./cube-store.ts";
import type { Filter, FilterValue } from "./document-store.ts";
import { lastDayOf } from "./previous-period.ts";

/**
 * Which facts a row of an answer is of, beside the question's `where`: those with its keys. Ranges of days, so that an index
 * finds them; the hour and the weekday are looked at in each fact.
 */
export const toGroupFilters = (cube: CubeModel, { groupedBy, values }: CubeRow): readonly Filter[] =>
  groupedBy.flatMap((name) => {
    const dimension = cube.cube.dimensions[name];
    if (!dimension) throw new TypeError(`${name} is no dimension of ${cube.name}.`);
    return toKeyFilters(cube, dimension, values[name] ?? null);
  });

const nothing: Filter = { kind: "or", filters: [] };

function toKeyFilters(
  cube: CubeModel,
  { field, period }: Dimension,
  value: FilterValue | null,
): readonly Filter[] {
  if (value === null) return [{ kind: "isNull", field, isNull: true }];
  if (period === null) return [{ kind: "compare", field, operator: "eq", value }];
  if (isCyclic(period))
    return [{ kind: "compare", field, operator: period === "hour" ? "atHour" : "onWeekday", value }];
  const first = String(value);
  const last = lastDayOf(period, first);
  if (last === null) return [nothing];
  const isMoment = cube.fields[field]?.kind === "dateTime";
  const bounds = isMoment ? [`${first}T00:00:00.000Z`, `${last}T23:59:59.999Z`] : [first, last];
  return [
    { kind: "compare", field, operator: "gte", value: bounds[0] ?? first },
    { kind: "compare", field, operator: "lte", value: bounds[1] ?? last },
  ];
}
