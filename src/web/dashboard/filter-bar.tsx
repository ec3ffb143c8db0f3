import { useEffect, useState } from "react";
import { cellOf } from "../shared/chart/chart-rows.ts";
import { ask } from "./ask.ts";
import { daysOf, type FilterValues, isDay } from "./bind-filters.ts";
import type { ChoiceFilter, Filter, PeriodFilter } from "./page-settings.ts";

interface FilterBarProps {
  readonly filters: readonly Filter[];
  readonly values: FilterValues;
  readonly onChange: (name: string, value: string | null) => void;
}

/** What the tiles are narrowed to. */
export function FilterBar({ filters, values, onChange }: FilterBarProps) {
  if (filters.length === 0) return null;
  return (
    <form className="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      {filters.map((filter) => {
        const common = {
          value: values[filter.name] ?? null,
          onChange: (value: string | null) => onChange(filter.name, value),
        };
        return filter.type === "period" ? (
          <PeriodChoice key={filter.name} filter={filter} {...common} />
        ) : (
          <Choice key={filter.name} filter={filter} {...common} />
        );
      })}
    </form>
  );
}

interface ChoiceProps<F extends Filter> {
  readonly filter: F;
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

const periods: Readonly<Record<string, string>> = {
  today: "Today",
  yesterday: "Yesterday",
  last7days: "Last 7 days",
  last30days: "Last 30 days",
  last12months: "Last 12 months",
  thisMonth: "This month",
  thisYear: "This year",
  all: "All time",
};
const OWN = "own";

function PeriodChoice({ filter, value, onChange }: ChoiceProps<PeriodFilter>) {
  const period = value ?? "all";
  const isOwn = !(period in periods);
  const days = daysOf(period, new Date());
  const change = (from: string, before: string) => {
    if (isDay(from) && isDay(before)) onChange(`${from}..${before}`);
  };
  const choose = (chosen: string) => {
    if (chosen !== OWN) return onChange(chosen);
    const start = days ?? daysOf("last30days", new Date());
    if (start) change(start.from, start.before);
  };
  return (
    <>
      <label>
        {filter.title}
        <select value={isOwn ? OWN : period} onChange={({ target }) => choose(target.value)}>
          {Object.entries(periods).map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
          <option value={OWN}>Days …</option>
        </select>
      </label>
      {isOwn && days && (
        <>
          <label>
            From
            <input
              type="date"
              value={days.from}
              onChange={({ target }) => change(target.value, days.before)}
            />
          </label>
          <label>
            Until before
            <input
              type="date"
              value={days.before}
              onChange={({ target }) => change(days.from, target.value)}
            />
          </label>
        </>
      )}
    </>
  );
}

function Choice({ filter, value, onChange }: ChoiceProps<ChoiceFilter>) {
  const [found, setFound] = useState<readonly string[]>([]);
  const { query, rows, column } = filter.values;
  useEffect(() => {
    const ending = new AbortController();
    ask({ query, rows, variables: {} }, ending.signal)
      .then((answer) => setFound(answer.rows.map((row) => String(cellOf(row, column) ?? "")).filter(Boolean)))
      // Without the list the value that is set can still be seen, and the tiles say what is wrong.
      .catch(() => undefined);
    return () => ending.abort();
  }, [query, rows, column]);
  const options = value === null || found.includes(value) ? found : [value, ...found];
  return (
    <label>
      {filter.title}
      <select value={value ?? ""} onChange={({ target }) => onChange(target.value || null)}>
        {filter.optional && <option value="">All</option>}
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The values of filters in words, for paper. */
export function describeFilters(filters: readonly Filter[], values: FilterValues): string {
  return filters
    .map((filter) => {
      const value = values[filter.name] ?? null;
      if (filter.type === "choice") return `${filter.title}: ${value ?? "all"}`;
      const days = daysOf(value ?? "all", new Date());
      const name = periods[value ?? "all"];
      return `${filter.title}: ${[name, days && `${days.from} until before ${days.before}`].filter(Boolean).join(", ")}`;
    })
    .join(" · ");
}
