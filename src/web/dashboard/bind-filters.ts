import type { Place, Tile } from "./page-settings.ts";

/** Values of filters by name; null: not narrowed. */
export type FilterValues = Readonly<Record<string, string | null>>;

/** Days from the first on and before the second: `YYYY-MM-DD`, UTC. */
export interface Days {
  readonly from: string;
  readonly before: string;
}

const DAY = 86_400_000;
/** Before and after which nobody sold anything: where a period is open at an end, both ends are told all the same. */
const [FIRST_DAY, LAST_DAY] = ["1900-01-01", "9999-12-31"];

/** The days of a period, by its name or as `2026-01-01..2026-02-01`; null: all. */
export function daysOf(period: string, now: Date): Days | null {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const quarter = month - (month % 3);
  const today = Date.UTC(year, month, now.getUTCDate());
  const until = (from: number, before: number): Days => ({ from: dayOf(from), before: dayOf(before) });
  switch (period) {
    case "all":
      return null;
    case "today":
      return until(today, today + DAY);
    case "yesterday":
      return until(today - DAY, today);
    case "last7days":
      return until(today - 6 * DAY, today + DAY);
    case "last30days":
      return until(today - 29 * DAY, today + DAY);
    case "last12months":
      return until(Date.UTC(year, month - 11, 1), today + DAY);
    case "thisMonth":
      return until(Date.UTC(year, month, 1), today + DAY);
    case "thisYear":
      return until(Date.UTC(year, 0, 1), today + DAY);
    case "fullMonths":
      return { from: FIRST_DAY, before: dayOf(Date.UTC(year, month, 1)) };
    case "last5FullQuarters":
      return until(Date.UTC(year, quarter - 15, 1), Date.UTC(year, quarter, 1));
    default: {
      const [from = "", before = "", ...rest] = period.split("..");
      return isDay(from) && isDay(before) && rest.length === 0 ? { from, before } : null;
    }
  }
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

export const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/** The variables of a tile's operation: its own, and the values of filters in their places. */
export function bindFilters(
  { variables, filters, fixed }: Pick<Tile, "variables" | "filters" | "fixed">,
  values: FilterValues,
  now: Date,
): Record<string, unknown> {
  const bound = structuredClone(variables) as Record<string, unknown>;
  for (const [name, places] of Object.entries(filters)) {
    const value = fixed[name] ?? values[name] ?? null;
    const [first, last] = places;
    if (first && last) {
      const days = value === null ? null : daysOf(value, now);
      // A variable that is left out has its default, which may be one year: all days are told.
      if (days || isVariable(first)) put(bound, first, days?.from ?? FIRST_DAY);
      if (days || isVariable(last)) put(bound, last, days?.before ?? LAST_DAY);
    } else if (first && value !== null) put(bound, first, value);
  }
  return bound;
}

const isVariable = ({ path }: Place): boolean => path.length === 1;

/** Puts a text into a place, as the type of the place wants it. */
function put(variables: Record<string, unknown>, { path, type }: Place, text: string): void {
  let holder = variables;
  for (const part of path.slice(0, -1)) {
    const inner = (holder[part] as Record<string, unknown> | null | undefined) ?? {};
    holder[part] = inner;
    holder = inner;
  }
  holder[path.at(-1) ?? ""] = toValue(text, type);
}

function toValue(text: string, type: string): unknown {
  const item = /^\[(\w+)!?\]$/.exec(type)?.[1];
  if (item !== undefined) return [toValue(text, item)];
  if (type === "DateTime" && isDay(text)) return `${text}T00:00:00.000Z`;
  if (type === "Int" || type === "Float") return Number(text);
  return type === "Boolean" ? text === "true" : text;
}
