import type { CubeModel } from "../../src/models/cube.ts";

export type Value = string | number | null;
/** A group before anything is chosen. */
export interface OracleRow {
  readonly set: number;
  readonly groupedBy: readonly string[];
  readonly values: Record<string, Value>;
}

/** The period that a day falls in, by its first day; of weekdays the number. */
export function periodOfDay(period: string, of: string): Value {
  const day = new Date(`${of}T00:00:00Z`);
  const month = day.getUTCMonth();
  const weekday = (day.getUTCDay() + 6) % 7;
  if (period === "weekday") return weekday + 1;
  if (period === "week") day.setUTCDate(day.getUTCDate() - weekday);
  else if (period !== "day") day.setUTCDate(1);
  if (period === "quarter") day.setUTCMonth(month - (month % 3));
  if (period === "year") day.setUTCMonth(0);
  return day.toISOString().slice(0, 10);
}

/** A number as an integer of units of 10^-scale. */
export const units = (value: Value, scale: number): bigint => {
  if (value === null) return 0n;
  const [whole = "", fraction = ""] = String(value).split(".");
  return BigInt(whole + fraction.padEnd(scale, "0"));
};

export function text(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${value < 0n ? "-" : ""}${digits.slice(0, point)}${scale === 0 ? "" : `.${digits.slice(point)}`}`;
}

/** As both stores order values: null first, texts by their bytes. */
export function compare(cube: CubeModel, name: string, a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  const kind = cube.cube.dimensions[name]?.type.kind ?? cube.cube.measureModel.fields[name]?.kind;
  if (kind === "int") return Number(a) - Number(b);
  if (kind === "decimal" || kind === "bigint") {
    const scale = 6;
    const difference = units(a, scale) - units(b, scale);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}
