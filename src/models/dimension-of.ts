import type { Dimension } from "./cube.ts";
import { date, int, type ScalarField } from "./field.ts";
import { describePeriod, isCyclic, type Period, periodsOfDays, periodsOfMoments } from "./period.ts";

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/**
 * What a field of the facts can be grouped by: itself, and its periods. A moment only by its periods: hardly two facts share
 * one.
 */
export function dimensionsOf(
  name: string,
  type: ScalarField,
  fail: (problem: string) => never,
): readonly Dimension[] {
  const itself: Dimension = {
    name,
    description: type.description,
    field: name,
    period: null,
    type,
    formerly: type.formerly,
  };
  switch (type.kind) {
    case "boolean":
      return fail(`dimension "${name}" is a boolean; give the view a text instead.`);
    case "date":
      return [itself, ...periodsOfDays.map((period) => toPeriod(itself, period))];
    case "dateTime":
      return periodsOfMoments.map((period) => toPeriod(itself, period));
    default:
      return [itself];
  }
}

function toPeriod({ name, type }: Dimension, period: Period): Dimension {
  const description = `${describePeriod(period)}: ${type.description}`;
  const kind = isCyclic(period) ? int : date;
  return {
    name: name + capitalized(period),
    description,
    field: name,
    period,
    formerly: type.formerly && type.formerly + capitalized(period),
    type: kind(description, { nullable: type.nullable }),
  };
}
