import { type Column, cellOf, labelOf, type Row, type Unit, type Units, unitOf } from "./chart-rows.ts";

/** A Vega-Lite spec, as its file says it. */
export type Spec = Readonly<Record<string, unknown>>;

/** A channel of a spec that shows a column. */
interface Channel {
  readonly field: string;
  readonly type: string | undefined;
  readonly aggregate: unknown;
}

/** Why a spec cannot show rows; null when it can. No rows fit every spec. */
export function findMisfit(spec: Spec, rows: readonly Row[]): string | null {
  if (rows.length === 0) return null;
  const made = namesMade(spec);
  for (const { field, type, aggregate } of channelsOf(spec)) {
    if (made.has(field)) continue;
    const values = rows.map((row) => cellOf(row, field));
    if (values.every((value) => value === undefined))
      return `It reads "${field}", which the rows do not have.`;
    const given = values.filter((value) => value !== null && value !== undefined);
    const isNumber = type === "quantitative" && aggregate !== "count" && aggregate !== "distinct";
    if (
      isNumber &&
      given.length > 0 &&
      !given.some((value) => value !== "" && Number.isFinite(Number(value)))
    )
      return `It takes "${field}" for a number, and it is none.`;
    if (
      type === "temporal" &&
      given.length > 0 &&
      given.every((value) => Number.isNaN(Date.parse(String(value))))
    )
      return `It takes "${field}" for a time, and it is none.`;
  }
  return null;
}

/**
 * The spec as it is drawn: days and moments by UTC, as they are stored, wherever the reader is, and with the unit of each number in the title of its axis or legend: whatever its author called it, no number
 * stands there without one. `units` are those of the rows shown; where they differ from row to row the title says so.
 */
export function prepareSpec(
  spec: Spec,
  units: Units,
  { rows, variables }: { readonly rows: readonly Row[]; readonly variables: Row },
): Spec {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== "object" || value === null) return value;
    const object = value as Record<string, unknown>;
    const copy: Record<string, unknown> = {};
    for (const [word, inner] of Object.entries(object)) copy[word] = visit(inner);
    if (object.type === "temporal" && typeof object.field === "string" && object.scale !== null)
      copy.scale = { type: "utc", ...(object.scale as object | undefined) };
    if (typeof object.field !== "string" || object.type !== "quantitative" || object.title === null)
      return copy;
    const unit = describeUnit(units[object.field], rows, variables);
    const title = typeof object.title === "string" ? object.title : labelOf(object.field);
    return { ...copy, title: unit === "" || title.includes(unit) ? title : `${title} (${unit})` };
  };
  return visit(spec) as Spec;
}

/** The one unit of a column of rows; "" when it has none. */
function describeUnit(unit: Unit | undefined, rows: readonly Row[], variables: Row): string {
  const found = new Set(rows.map((row) => unitOf(unit, row, variables)).filter((text) => text !== ""));
  if (found.size <= 3) return [...found].join(", ");
  return "each in its own unit";
}

/** The columns whose numbers are in the picture: for whoever hears it. */
export const columnsShown = (spec: Spec, columns: readonly Column[]): readonly Column[] => {
  const fields = channelsOf(spec).map(({ field }) => field);
  return columns.filter(({ name }) => fields.includes(name));
};

function channelsOf(value: unknown): readonly Channel[] {
  if (Array.isArray(value)) return value.flatMap(channelsOf);
  if (typeof value !== "object" || value === null) return [];
  const { transform: _, usermeta: __, ...object } = value as Record<string, unknown>;
  const own =
    typeof object.field === "string" && ("type" in object || "aggregate" in object)
      ? [{ field: object.field, type: object.type as string | undefined, aggregate: object.aggregate }]
      : [];
  return [...own, ...Object.values(object).flatMap(channelsOf)];
}

/** Names that transforms make of others. */
function namesMade(value: unknown): ReadonlySet<string> {
  if (typeof value !== "object" || value === null) return new Set();
  const names = Object.entries(value).flatMap(([word, inner]) => [
    ...(word === "as" ? [inner].flat().filter((name) => typeof name === "string") : []),
    ...namesMade(inner),
  ]);
  return new Set(names);
}
