import type { Dimension, Measure } from "./cube.ts";

type Measures = Readonly<Record<string, Measure>>;

/** The dimensions of which a measure never adds up or compares several values; of an average those of its parts. */
export function requiredBy(measures: Measures, name: string): readonly string[] {
  const measure = measures[name];
  if (measure?.kind !== "average") return measure?.requires ?? [];
  return [...new Set([...requiredBy(measures, measure.sum), ...requiredBy(measures, measure.count)])];
}

/** Checks what measures require. @throws what `fail` does, for what is no dimension or only the period of one */
export function checkRequired(
  measures: Measures,
  dimensions: ReadonlyMap<string, Dimension>,
  fail: (problem: string) => never,
): void {
  for (const name of Object.keys(measures))
    for (const required of requiredBy(measures, name)) {
      const found = dimensions.get(required);
      if (!found) fail(`"${name}" requires "${required}", which is no dimension of the cube.`);
      if (found && found.period !== null)
        fail(
          `"${name}" requires "${required}", which is a period. Require a dimension that is a field itself.`,
        );
    }
}

/** Checks that groups by some dimensions mix nothing that a measure keeps apart. @throws what `fail` does */
export function checkMix(
  measures: Measures,
  name: string,
  groupedBy: readonly Dimension[],
  fail: (problem: string) => never,
): void {
  const missing = requiredBy(measures, name).find((required) =>
    groupedBy.every((one) => one.name !== required),
  );
  if (missing !== undefined)
    fail(
      `cannot hold "${name}", which requires "${missing}": it would go across several. Add "${missing}" to its dimensions, or leave "${name}" out.`,
    );
}

/** What a person should know of a measure: its description, and what it keeps apart. */
export function describeMeasure(measures: Measures, name: string, description: string): string {
  const required = requiredBy(measures, name);
  return required.length === 0
    ? description
    : `${description} Of one ${required.join(" and one ")} at a time: grouped by, or narrowed to one.`;
}
