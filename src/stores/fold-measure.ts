import { VitrineError } from "../errors.ts";
import { isConverted } from "../models/conversion.ts";
import type { CubeModel } from "../models/cube.ts";
import type { ScalarField } from "../models/field.ts";
import { fromUnits, ratioHalfUp, toUnits } from "./conversion/exact-decimal.ts";
import { conversionOf, exactNameOf } from "./converted-cube.ts";
import { compareValues, fieldOf, scaleOf } from "./cube-order.ts";
import type { CubeRow, Group } from "./cube-store.ts";
import type { FilterValue } from "./document-store.ts";
import type { Rates } from "./exchange-rates.ts";

type Value = FilterValue | null;

/** What a measure of several parts comes to. Nothing is null. */
export interface MeasureFold {
  readonly name: string;
  read(values: CubeRow["values"]): Folded;
  join(left: Folded, right: Folded): Folded;
  /** What a group shows of it. */
  show(folded: Folded): Group["values"];
}

/** A number as units of its scale, of money times those of the rate; of days and moments the text. */
type Folded = bigint | string | null;

/** Neither needs a rate: zero is zero in every currency. */
export const isNothing = (value: Value): boolean => value === null || /^-?[0.]*$/.test(String(value));

/** How a base measure of a cube is put together from parts that each have one currency and one day. */
export function foldOf(cube: CubeModel, name: string, rates: Rates): MeasureFold {
  const field = fieldOf(cube, name);
  const kind = cube.cube.measures[name]?.kind;
  const isExtreme = kind === "min" || kind === "max";
  const join: MeasureFold["join"] = (left, right) => {
    if (left === null || right === null) return left ?? right;
    if (!isExtreme) return BigInt(left) + BigInt(right);
    return compare(field, left, right) < 0 === (kind === "min") ? left : right;
  };
  const isMoney = isConverted(cube.cube.measures, name, conversionOf(cube).currency);
  const fold = isMoney ? foldMoney(cube, name, rates) : foldPlain(name, field, isExtreme);
  return { name, join, ...fold, show: (folded) => fold.show(folded ?? (isExtreme ? null : 0n)) };
}

type OneMeasure = Pick<MeasureFold, "read" | "show">;

function foldMoney(cube: CubeModel, name: string, rates: Rates): OneMeasure {
  const { currency, date, scale } = conversionOf(cube);
  const own = scaleOf(fieldOf(cube, name));
  const digits = own + rates.scale;
  return {
    read(values) {
      const value = values[name] ?? null;
      if (value === null) return null;
      if (isNothing(value)) return 0n;
      const [from, day] = [values[currency] ?? null, values[date] ?? null];
      if (from === rates.target) return toUnits(String(value), own) * 10n ** BigInt(rates.scale);
      if (from === null || day === null)
        throw new VitrineError(
          "RATE_UNKNOWN",
          `${cube.name}: ${name} of facts without a ${from === null ? currency : date} cannot be converted. Narrow where to those that have one.`,
        );
      return toUnits(String(value), own) * rates.rateOf(String(from), String(day));
    },
    show(folded) {
      if (typeof folded !== "bigint") return { [name]: folded };
      return {
        [name]: ratioHalfUp(folded, 10n ** BigInt(digits), scale),
        [exactNameOf(name)]: fromUnits(folded, digits),
      };
    },
  };
}

const foldPlain = (name: string, field: ScalarField, isExtreme: boolean): OneMeasure => ({
  read(values) {
    const value = values[name] ?? null;
    if (isExtreme) return typeof value === "number" ? BigInt(value) : value === null ? null : String(value);
    return toUnits(String(value ?? 0), scaleOf(field));
  },
  show(folded) {
    if (typeof folded !== "bigint") return { [name]: folded };
    return { [name]: field.kind === "int" ? Number(folded) : fromUnits(folded, scaleOf(field)) };
  },
});

function compare(field: ScalarField, left: bigint | string, right: bigint | string): number {
  if (typeof left === "string" && typeof right === "string") return compareValues(field, left, right);
  const difference = BigInt(left) - BigInt(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
