import type { Dimension, Measure } from "./cube.ts";
import type { Field, ScalarField } from "./field.ts";
import type { DocumentModel } from "./model.ts";
import { requiredBy } from "./required-dimensions.ts";

/** How the money of a cube is shown in one currency: `convertTo` of its question. */
export interface Conversion {
  /** The dimension that says in which currency a fact is. Measures that require it are converted. */
  readonly currency: string;
  /** The dimension whose days say which day's rate counts for a fact: a date, or the day of a moment. */
  readonly date: string;
  /**
   * The model of the rates: `currencyFrom`, `currencyTo`, `date` and `rate` (decimal), of which the first three are
   * filters. One of `currencyFrom` is worth `rate` of `currencyTo` from that day on, until a later one is known.
   */
  readonly rates: string;
  /** Digits after the point of what was converted: rounded once per value that is shown, half up (away from zero). */
  readonly scale: number;
}

/** More digits than any money has, and no more than MariaDB keeps after the point. */
const MAX_SCALE = 20;

type Fail = (problem: string) => never;

/** Checks what a cube says of conversion. @throws what `fail` does */
export function checkConversion(
  { currency, date, scale }: Conversion,
  cube: {
    readonly dimensions: ReadonlyMap<string, Dimension>;
    readonly measures: Readonly<Record<string, Measure>>;
    readonly measureFields: Readonly<Record<string, ScalarField>>;
  },
  fail: Fail,
): void {
  const from = cube.dimensions.get(currency);
  if (!from || (from.type.kind !== "string" && from.type.kind !== "enumeration"))
    fail(`conversion: currency "${currency}" must be a dimension of texts.`);
  const day = cube.dimensions.get(date);
  if (day?.type.kind !== "date" || (day.period !== null && day.period !== "day"))
    fail(`conversion: date "${date}" must be a dimension of days: a date, or the day of a moment.`);
  if (!Number.isInteger(scale) || scale < 0 || scale > MAX_SCALE)
    fail(`conversion: scale must be 0 to ${MAX_SCALE}, not ${scale}.`);
  const money = Object.keys(cube.measures).filter((name) => isConverted(cube.measures, name, currency));
  if (money.length === 0)
    fail(
      `conversion: no sum, min or max requires "${currency}", so nothing is converted. Add requires: ["${currency}"] to those of money.`,
    );
  for (const name of money)
    if (cube.measureFields[name]?.kind !== "decimal")
      fail(
        `conversion: "${name}" must be of a decimal field, as what is converted has digits after the point.`,
      );
}

/** Whether a measure is of money that a conversion from this dimension changes. */
export function isConverted(
  measures: Readonly<Record<string, Measure>>,
  name: string,
  currency: string,
): boolean {
  const measure = measures[name];
  if (measure?.kind === "average") return isConverted(measures, measure.sum, currency);
  const isValue = measure?.kind === "sum" || measure?.kind === "min" || measure?.kind === "max";
  return isValue && requiredBy(measures, name).includes(currency);
}

/** Checks that a model has dated rates for currencies of this kind. @throws TypeError that names both and the remedy */
export function checkRates(cube: string, currency: ScalarField, rates: DocumentModel): void {
  const fail = (problem: string): never => {
    throw new TypeError(`Cube ${cube}: the rates of its conversion, model ${rates.name}, ${problem}`);
  };
  const check = (name: string, kinds: readonly Field["kind"][]) => {
    const field = rates.fields[name];
    if (!field || !kinds.includes(field.kind)) fail(`need a field "${name}": ${kinds.join(" or ")}.`);
    if (name !== "rate" && !rates.filters.includes(name)) fail(`need "${name}" as a filter.`);
    if (field && field.kind !== "link" && field.nullable) fail(`cannot have a "${name}" that may be null.`);
  };
  if ("cube" in rates) fail("are facts of a cube. Give them a model of their own.");
  const texts = ["string", "enumeration"] as const;
  if (!texts.some((kind) => kind === currency.kind)) fail(`need currencies as texts, not ${currency.kind}.`);
  check("currencyFrom", texts);
  check("currencyTo", texts);
  check("date", ["date"]);
  check("rate", ["decimal"]);
}
