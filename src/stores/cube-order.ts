import { VitrineError } from "../errors.ts";
import type { CubeModel } from "../models/cube.ts";
import type { ScalarField } from "../models/field.ts";
import { compareDecimals } from "./conversion/exact-decimal.ts";
import { type CubeQuery, type Group, keysOf } from "./cube-store.ts";
import type { FilterValue } from "./document-store.ts";

type Value = FilterValue | null;

/** A value of a term that rows are ordered by: computed once, not once per comparison. */
export type SortKey = null | number | bigint | Buffer;

/** Sorts as compareValues does. */
export function toSortKey(field: ScalarField, value: Value): SortKey {
  if (value === null) return null;
  if (field.kind === "int" || field.kind === "boolean") return Number(value);
  if (field.kind === "decimal") {
    const [whole = "0", fraction = ""] = String(value).split(".");
    return BigInt(whole + fraction.padEnd(field.scale, "0"));
  }
  return field.kind === "bigint" ? BigInt(String(value)) : Buffer.from(String(value));
}

/** In the order of a query's terms. */
export function compareKeys(
  left: readonly SortKey[],
  right: readonly SortKey[],
  orderBy: CubeQuery["orderBy"],
): number {
  for (const [index, { direction }] of orderBy.entries()) {
    const order = compareKey(left[index] ?? null, right[index] ?? null);
    if (order !== 0) return direction === "asc" ? order : -order;
  }
  return 0;
}

function compareKey(left: SortKey, right: SortKey): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  if (Buffer.isBuffer(left) && Buffer.isBuffer(right)) return Buffer.compare(left, right);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The kind of a dimension or a measure. @throws VitrineError BAD_INPUT for a name that is neither */
export function fieldOf(cube: CubeModel, name: string): ScalarField {
  const field = cube.cube.dimensions[name]?.type ?? cube.cube.measureModel.fields[name];
  if (!field) throw new VitrineError("BAD_INPUT", `Cube ${cube.name} has no "${name}".`);
  return field;
}

/** Digits after the point of its exact values. */
export const scaleOf = (field: ScalarField): number => (field.kind === "decimal" ? field.scale : 0);

/** Binary, by value, as the stores compare; null first. */
export function compareValues(field: ScalarField, left: Value, right: Value): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  if (field.kind === "int" || field.kind === "boolean") return Number(left) - Number(right);
  if (field.kind === "decimal" || field.kind === "bigint")
    return compareDecimals(String(left), String(right));
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
}

const compareBy = (cube: CubeModel, name: string, left: Group, right: Group): number =>
  compareValues(fieldOf(cube, name), left.values[name] ?? null, right.values[name] ?? null);

/** By what makes the order total: the grouping set, then its keys. */
export function comparePlaces(cube: CubeModel, query: CubeQuery, left: Group, right: Group): number {
  if (left.set !== right.set) return left.set - right.set;
  for (const key of keysOf(query)) {
    const order = compareBy(cube, key, left, right);
    if (order !== 0) return order;
  }
  return 0;
}
