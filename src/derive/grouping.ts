import type { Grouping } from "./analysis.ts";
import { columnOf, isSame, opaque, type Value } from "./block.ts";
import type { Rules } from "./rules.ts";
import { isExactValue } from "./value-types.ts";

/** What a grouped select may say of a single row: its keys, and what they determine. */
export function passGroup(value: Value, group: Grouping, rules: Rules): Value {
  if (value.kind === "constant" || value.kind === "opaque") return value;
  const key = group.keys.find((one) => isSame(one, value));
  if (key) return isSpokenFor(key, rules) ? value : opaque;
  if (value.kind === "made")
    return value.args.every((arg) => passGroup(arg, group, rules).kind !== "opaque") ? value : opaque;
  const isOuter = value.instance.order < group.from;
  return isOuter || isDetermined(value, group) || !rules.groupHidesOthers ? value : opaque;
}

/** Rows that are equal and not the same are one row of DISTINCT: any of them may speak. */
export const passDistinct = (value: Value, rules: Rules): Value =>
  value.kind === "opaque" || isSpokenFor(value, rules) ? value : opaque;

const isSpokenFor = (value: Value, rules: Rules): boolean =>
  !rules.groupKeysAreExact ||
  isExactValue(value) ||
  (value.kind === "column" && isUnique(value)) ||
  // Of constant rows none changes.
  (value.kind === "column" && value.instance.constant !== null);

const isUnique = ({ instance, column }: Value & { readonly kind: "column" }): boolean =>
  instance.table?.uniqueKeys.some((key) => key.length === 1 && key[0] === column) ?? false;

/** Whether a key of the column's table is among what is grouped by. */
function isDetermined(value: Value & { readonly kind: "column" }, group: Grouping): boolean {
  const { instance } = value;
  const isKey = (column: string) =>
    columnOf({ ...value, column })?.nullable === false &&
    group.keys.some((key) => key.kind === "column" && key.instance === instance && key.column === column);
  return instance.table?.uniqueKeys.some((key) => key.length > 0 && key.every(isKey)) ?? false;
}
