import type { OperationDefinitionNode } from "graphql";
import type { Units } from "../web/shared/chart/chart-rows.ts";
import { specUnits } from "./dashboard-file.ts";
import type { AnswerRows } from "./describe-rows.ts";
import { readSpecFields } from "./spec-fields.ts";

export type Spec = Readonly<Record<string, unknown>>;

/** A Vega-Lite spec and the units that it tells in `usermeta`. */
export interface ReadSpec {
  readonly spec: Spec;
  readonly units: Units;
}

/** Reads a spec's text. A list when it does not fit the rows that it is for: the problems. */
export function readSpec(text: string, { columns }: AnswerRows): ReadSpec | readonly string[] {
  let spec: unknown;
  try {
    spec = JSON.parse(text);
  } catch (error) {
    return [`is no JSON: ${(error as Error).message}`];
  }
  if (typeof spec !== "object" || spec === null || Array.isArray(spec)) return ["is no Vega-Lite spec"];
  const { reads, foreign } = readSpecFields(spec);
  const names = columns.map(({ name }) => name);
  const problems = [
    ...foreign.map((word) => `has "${word}": a spec is a picture of its rows alone`),
    ...reads
      .filter((name) => !names.includes(name))
      .map((name) => `reads "${name}", which is no column of its operation (${names.join(", ")})`),
  ];
  if (problems.length > 0) return problems;
  const meta = specUnits.safeParse(spec);
  return { spec: spec as Spec, units: meta.data?.usermeta.units ?? {} };
}

/** Numbers of rows that nothing tells the unit of, and units of what is not there. */
export function findUnitProblems(
  units: Units,
  { columns }: AnswerRows,
  { variableDefinitions }: OperationDefinitionNode,
): readonly string[] {
  const names = columns.map(({ name }) => name);
  const variables = (variableDefinitions ?? []).map(({ variable }) => variable.name.value);
  const missing = columns.filter(
    ({ name, kind }) => (kind === "number" || kind === "decimal") && units[name] === undefined,
  );
  return [
    ...missing.map(
      ({ name }) => `"${name}" is a number without a unit (null: it is a name, as of a product)`,
    ),
    ...Object.entries(units).flatMap(([name, unit]) => {
      if (!names.includes(name)) return [`units: "${name}" is no column of the operation`];
      if (typeof unit === "string" || unit === null) return [];
      if ("column" in unit)
        return names.includes(unit.column) ? [] : [`units: "${unit.column}" is no column of the operation`];
      return variables.includes(unit.variable.split(".")[0] ?? "")
        ? []
        : [`units: the operation declares no variable $${unit.variable}`];
    }),
  ];
}
