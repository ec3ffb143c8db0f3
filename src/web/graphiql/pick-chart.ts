import { type Column, cellOf, type Row } from "../shared/chart/chart-rows.ts";
import { isNumeric } from "../shared/table/order-rows.ts";
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
export const withoutTotals = ({ rows, isTotal }: DescribedTable): readonly Row[] =>
  rows.filter((row) => !isTotal(row));

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
      (column) => column.kind !== "list" && !measures.includes(column) && column.name !== table.level,
    ),
  };
}

/**
 * The picture that rows call for: a date makes a line, one text bars, two texts stacked bars (grouped where parts must not be
 * added up), a share of few a donut; points where several figures of one place make no sum. Null when there is no number
 * to draw, or nothing to draw it by.
 */
export function pickChart(table: DescribedTable): ChartChoice | null {
  const rows = withoutTotals(table);
  const choice = chooseColumns(table, rows);
  return choice && { ...choice, mark: fitMark(choice, table, rows) };
}

const SHARE = /(^|\.)share(\.|$)/i;

function chooseColumns(table: DescribedTable, rows: readonly Row[]): ChartChoice | null {
  const { measures, keys } = listChoices(table);
  const countOf = (column: Column) => new Set(rows.map((row) => String(cellOf(row, column.name)))).size;
  const varied = keys.filter((column) => countOf(column) > 1);
  const date = varied.find(({ kind }) => kind === "date" || kind === "dateTime");
  const texts = preferNames(varied.filter((column) => column !== date));
  const share = measures.find(({ name }) => SHARE.test(name));
  const measure = measures[0];
  if (!measure) return null;
  if (date) {
    const series = texts.find((column) => countOf(column) <= MOST_SERIES)?.name ?? null;
    return { mark: "line", by: date.name, measure: measure.name, series };
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
  return { mark: "stacked bars", by: bars.name, measure: measure.name, series: parts.name };
}

/** Texts before numbers that are keys: a product's name says more than its number, and both stand for one thing. */
function preferNames(keys: readonly Column[]): readonly Column[] {
  const texts = keys.filter(({ kind }) => kind === "text" || kind === "boolean");
  const plain = texts.filter(({ name }) => !/(^|\.)(id|.*Id)$/.test(name));
  return plain.length > 0 ? plain : texts.length > 0 ? texts : keys.slice(0, 1);
}

/**
 * The mark that draws a choice without adding up what makes no sum, and without a bar that hides another: points where
 * several figures stand at one place, else bars side by side. A share is a part of a whole: its slices mean something.
 */
export function fitMark(
  { mark, ...choice }: ChartChoice,
  { isAdditive }: Pick<DescribedTable, "isAdditive">,
  rows: readonly Row[],
): Mark {
  if (isAdditive(choice.measure)) return mark;
  const isAlone = !hasRepeats(rows, { ...choice, series: null });
  if (mark === "donut") return !isAlone ? "points" : SHARE.test(choice.measure) ? "donut" : "bars";
  if (hasRepeats(rows, choice)) return "points";
  return mark.endsWith("bars") && !isAlone ? "grouped bars" : mark;
}

/** Whether several rows stand at one place of a picture. */
export function hasRepeats(
  rows: readonly Row[],
  { by, series }: Pick<ChartChoice, "by" | "series">,
): boolean {
  const places = new Set<string>();
  return rows.some((row) => {
    const place = JSON.stringify([cellOf(row, by), series === null ? null : cellOf(row, series)]);
    return places.size === places.add(place).size;
  });
}
