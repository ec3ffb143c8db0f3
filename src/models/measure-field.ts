import type { FactCondition, Measure } from "./cube.ts";
import { bigint, date, dateTime, decimal, int, type ScalarField, textsOf } from "./field.ts";

type OfFacts = Exclude<Measure, { readonly kind: "average" }>;

/**
 * The kind of a measure's values.
 * @throws what `fail` does, for a measure that its fields do not allow
 */
export function measureField(
  measure: Measure,
  measures: Readonly<Record<string, Measure>>,
  column: (field: string) => ScalarField,
  fail: (problem: string) => never,
): ScalarField {
  if (measure.kind !== "average") checkCondition(measure.where ?? {}, column, fail);
  switch (measure.kind) {
    case "count":
      return int(measure.description);
    case "countDistinct":
      column(measure.field);
      measure.within.forEach(column);
      return int(measure.description);
    case "sum": {
      const field = column(measure.field);
      if (field.kind === "decimal") return decimal(measure.description, field.scale);
      if (field.kind === "int" || field.kind === "bigint") return bigint(measure.description);
      return fail(`"${measure.field}" is a ${field.kind}, which has no sum.`);
    }
    case "min":
    case "max":
      return extremeField(measure.description, column(measure.field), fail);
    case "average": {
      const [dividend, divisor] = [measures[measure.sum], measures[measure.count]];
      if (dividend?.kind !== "sum") return fail(`"${measure.sum}" is not a sum.`);
      if (divisor?.kind !== "count" && divisor?.kind !== "countDistinct")
        return fail(`"${measure.count}" is not a count.`);
      if (!countSameFacts(dividend, divisor))
        fail(
          `"${measure.sum}" and "${measure.count}" have other conditions, so one cannot be divided by the other.`,
        );
      return decimal(measure.description, measure.scale, { nullable: true });
    }
  }
}

function extremeField(
  description: string,
  field: ScalarField,
  fail: (problem: string) => never,
): ScalarField {
  const nullable = { nullable: true } as const;
  switch (field.kind) {
    case "int":
      return int(description, nullable);
    case "bigint":
      return bigint(description, nullable);
    case "decimal":
      return decimal(description, field.scale, nullable);
    case "date":
      return date(description, nullable);
    case "dateTime":
      return dateTime(description, nullable);
    default:
      return fail(
        `the least and the greatest ${field.kind} is told by no measure. Take a number, a date or a dateTime.`,
      );
  }
}

/** Whether two measures are of the same facts. */
export const countSameFacts = (one: OfFacts, other: OfFacts): boolean =>
  JSON.stringify(one.where ?? {}) === JSON.stringify(other.where ?? {});

/** A condition that no fact can meet is a mistake of its author: a value that the field cannot have. */
function checkCondition(
  where: FactCondition,
  column: (field: string) => ScalarField,
  fail: (problem: string) => never,
): void {
  for (const [name, condition] of Object.entries(where)) {
    const field = column(name);
    const { eq, ne, in: some = [], notIn = [], isNull } = condition;
    const values = [eq, ne, ...some, ...notIn].filter((value) => value !== undefined);
    if (values.length === 0 && isNull === undefined) fail(`the condition on "${name}" says nothing.`);
    if (isNull !== undefined && !field.nullable)
      fail(`the condition on "${name}" asks for null, which the field never is.`);
    const wanted = field.kind === "int" ? "number" : field.kind === "boolean" ? "boolean" : "string";
    for (const value of values) {
      if (typeof value !== wanted) fail(`the condition on "${name}" must be a ${wanted}.`);
      if (field.kind === "enumeration" && !textsOf(field).includes(String(value)))
        fail(`"${name}" is never "${value}", only ${textsOf(field).join(", ")}.`);
    }
  }
}
