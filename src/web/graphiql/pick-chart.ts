import { type Column, cellOf, labelOf, type Row } from "../shared/chart/chart-rows.ts";
import type { Spec } from "../shared/chart/fit-spec.ts";
import { findTotals, isNumeric } from "../shared/table/order-rows.ts";
import type { DescribedTable } from "./describe-run.ts";

export const marks = ["line", "bars", "stacked bars", "grouped bars", "donut", "points"] as const;
export type Mark = (typeof marks)[number];

/** What a picture shows: names of columns. */
export interface ChartChoice {
  readonly mark: Mark;
  /** What is compared: dates along a line, names of bars and slices. */
  readonly by: string;
  /** How much. */
  readonly measure: string;
  /** What tells lines and parts of bars from each other. */
  readonly series: string | null;
}

/** Rows without those that are totals of others: a picture would show each figure twice. */
export const withoutTotals = ({ rows, cube }: DescribedTable): readonly Row[] => {
  const isTotal = cube ? findTotals(rows) : () => false;
  return rows.filter((row) => !isTotal(row));
};

/** More parts than colours can tell. */
const MOST_SERIES = 12;
const MOST_SLICES = 8;

/** The columns that each part of a choice may name. */
export function listChoices(table: DescribedTable): {
  readonly measures: readonly Column[];
  readonly keys: readonly Column[];
} {
  const measures = table.columns.filter((column) => isNumeric(column) && table.isMeasure(column.name));
  return {
    measures: [...measures].sort(
      (a, b) => Number(table.isAdditive(b.name)) - Number(table.isAdditive(a.name)),
    ),
    keys: table.columns.filter(
      (column) => column.kind !== "list" && !measures.includes(column) && column.name !== "level",
    ),
  };
}

/**
 * The picture that rows call for: a date makes a line, one text bars, two texts stacked bars (grouped where parts must not be
 * added up), a share of few a donut. Null when there is no number to draw, or nothing to draw it by.
 */
export function pickChart(table: DescribedTable): ChartChoice | null {
  const rows = withoutTotals(table);
  const { measures, keys } = listChoices(table);
  const countOf = (column: Column) => new Set(rows.map((row) => String(cellOf(row, column.name)))).size;
  const varied = keys.filter((column) => countOf(column) > 1);
  const date = varied.find(({ kind }) => kind === "date" || kind === "dateTime");
  const texts = preferNames(varied.filter((column) => column !== date));
  const share = measures.find(({ name }) => /(^|\.)share(\.|$)/i.test(name));
  const measure = measures[0];
  if (!measure) return null;
  if (date) {
    const series = texts.find((column) => countOf(column) <= MOST_SERIES)?.name ?? null;
    const choice: ChartChoice = { mark: "line", by: date.name, measure: measure.name, series };
    // Several figures of one day that make no sum make no line.
    return hasRepeats(rows, choice) && !table.isAdditive(measure.name)
      ? { ...choice, mark: "points" }
      : choice;
  }
  const [first, second] = texts.map((column) => ({ name: column.name, count: countOf(column) }));
  if (!first) {
    const only = keys[0];
    return only ? { mark: "bars", by: only.name, measure: measure.name, series: null } : null;
  }
  if (!second) {
    const isDonut = share !== undefined && rows.length <= MOST_SLICES;
    return {
      mark: isDonut ? "donut" : "bars",
      by: first.name,
      measure: (isDonut ? share : measure).name,
      series: null,
    };
  }
  const [parts, bars] = second.count <= first.count ? [second, first] : [first, second];
  if (parts.count > MOST_SERIES) return { mark: "bars", by: first.name, measure: measure.name, series: null };
  return {
    mark: table.isAdditive(measure.name) ? "stacked bars" : "grouped bars",
    by: bars.name,
    measure: measure.name,
    series: parts.name,
  };
}

/** Texts before numbers that are keys: a product's name says more than its number, and both stand for one thing. */
function preferNames(keys: readonly Column[]): readonly Column[] {
  const texts = keys.filter(({ kind }) => kind === "text" || kind === "boolean");
  const plain = texts.filter(({ name }) => !/(^|\.)(id|.*Id)$/.test(name));
  return plain.length > 0 ? plain : texts.length > 0 ? texts : keys.slice(0, 1);
}

/** Whether several rows stand at one place of a picture. */
function hasRepeats(rows: readonly Row[], { by, series }: ChartChoice): boolean {
  const places = new Set<string>();
  return rows.some((row) => {
    const place = JSON.stringify([cellOf(row, by), series === null ? null : cellOf(row, series)]);
    return places.size === places.add(place).size;
  });
}

/** Bars that a picture has room for. */
export const MOST_BARS = 60;

/** A choice in the grammar of Vega-Lite. Figures of one place are added up where that means something, else laid side by side. */
export function toSpec(
  choice: ChartChoice,
  { columns, isAdditive }: Pick<DescribedTable, "columns" | "isAdditive">,
  rows: readonly Row[],
): Spec {
  const kindOf = (name: string) => columns.find((column) => column.name === name)?.kind;
  const isTime = (name: string) => kindOf(name) === "date" || kindOf(name) === "dateTime";
  const key = (name: string) => ({
    field: name,
    title: labelOf(name),
    ...(isTime(name)
      ? { type: "temporal", scale: { type: "utc" }, axis: { labelSeparation: 14 } }
      : { type: "nominal", sort: null }),
  });
  const isSum = isAdditive(choice.measure);
  const isSummed = isSum && hasRepeats(rows, choice);
  const amount = {
    field: choice.measure,
    title: isSummed ? `${labelOf(choice.measure)}, added up` : labelOf(choice.measure),
    type: "quantitative",
    ...(isSummed && { aggregate: "sum" }),
  };
  const color =
    choice.series === null ? {} : { color: { ...key(choice.series), type: "nominal", scale: undefined } };
  const band = { ...key(choice.by), type: "nominal", sort: null, scale: undefined };
  switch (choice.mark) {
    case "line":
      return {
        mark: { type: "line", point: rows.length <= 100 },
        encoding: { x: key(choice.by), y: amount, ...color },
      };
    case "points":
      return { mark: "point", encoding: { x: key(choice.by), y: amount, ...color } };
    case "donut":
      return {
        mark: { type: "arc", innerRadius: 60 },
        encoding: {
          theta: { ...amount, stack: true },
          color: band,
          order: { field: choice.measure, type: "quantitative", sort: "descending" },
        },
      };
    case "bars":
    case "stacked bars":
      return {
        mark: "bar",
        encoding: {
          y: { ...band, axis: { labelLimit: 180 } },
          x: isSum ? amount : { ...amount, stack: null },
          ...color,
        },
      };
    case "grouped bars":
      return {
        mark: "bar",
        encoding: {
          y: { ...band, axis: { labelLimit: 180 } },
          x: amount,
          ...color,
          ...(choice.series !== null && { yOffset: { field: choice.series, type: "nominal" } }),
        },
      };
  }
}
