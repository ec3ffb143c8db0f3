import { type Column, cellOf, labelOf, type Row } from "../shared/chart/chart-rows.ts";
import type { Spec } from "../shared/chart/fit-spec.ts";
import type { DescribedTable } from "./describe-run.ts";
import { type ChartChoice, fitMark, hasRepeats } from "./pick-chart.ts";

/** Bars that a picture has room for. */
export const MOST_BARS = 60;

const isTimeKind = (kind: Column["kind"] | undefined): boolean => kind === "date" || kind === "dateTime";

/** Whether a choice has a lane for each of its names, one below the other; of points over days, slices and lines not. */
export const hasLanes = ({ mark, by }: ChartChoice, columns: readonly Column[]): boolean =>
  mark.endsWith("bars") ||
  (mark === "points" && !isTimeKind(columns.find((column) => column.name === by)?.kind));

/** As many lanes and slices as a picture has room for; lines have room for all. */
export function limitBars(
  rows: readonly Row[],
  choice: ChartChoice,
  columns: readonly Column[],
): readonly Row[] {
  if (choice.mark !== "donut" && !hasLanes(choice, columns)) return rows;
  const shown = new Set<string>();
  return rows.filter((row) => {
    const name = String(cellOf(row, choice.by));
    if (shown.size < MOST_BARS) shown.add(name);
    return shown.has(name);
  });
}

/** A choice in the grammar of Vega-Lite. Figures of one place are added up where that means something, else a point each. */
export function toSpec(
  choice: ChartChoice,
  { columns, isAdditive }: Pick<DescribedTable, "columns" | "isAdditive">,
  rows: readonly Row[],
): Spec {
  const kindOf = (name: string) => columns.find((column) => column.name === name)?.kind;
  const isTime = (name: string) => isTimeKind(kindOf(name));
  const key = (name: string) => ({
    field: name,
    title: labelOf(name),
    ...(isTime(name)
      ? { type: "temporal", scale: { type: "utc" }, axis: { labelSeparation: 14 } }
      : { type: "nominal", sort: null }),
  });
  const mark = fitMark(choice, { isAdditive }, rows);
  const isSum = isAdditive(choice.measure);
  const isSummed = isSum && hasRepeats(rows, choice);
  const amount = {
    field: choice.measure,
    title: isSummed ? `${labelOf(choice.measure)}, added up` : labelOf(choice.measure),
    type: "quantitative",
    ...(isSummed && { aggregate: "sum" }),
  };
  const length = isSum ? amount : { ...amount, stack: null };
  const color =
    choice.series === null ? {} : { color: { ...key(choice.series), type: "nominal", scale: undefined } };
  const band = { ...key(choice.by), type: "nominal", sort: null, scale: undefined };
  const lane = { ...band, axis: { labelLimit: 180 } };
  switch (mark) {
    case "line":
      return {
        mark: { type: "line", point: rows.length <= 100 },
        encoding: { x: key(choice.by), y: amount, ...color },
      };
    case "points":
      return {
        mark: "point",
        encoding: isTime(choice.by)
          ? { x: key(choice.by), y: amount, ...color }
          : { y: lane, x: amount, ...color },
      };
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
        encoding: { y: lane, x: length, ...color },
      };
    case "grouped bars":
      return {
        mark: "bar",
        encoding: {
          y: lane,
          x: length,
          ...color,
          ...(choice.series !== null && { yOffset: { field: choice.series, type: "nominal" } }),
        },
      };
  }
}
