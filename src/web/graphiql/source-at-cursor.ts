import { type GraphQLSchema, parse } from "graphql";
import { describeVariables } from "./describe-variables.ts";
import { findValueSource, type ValueSource } from "./value-source.ts";

/** `sales(where: { state: { eq: "T`: the values of a state of sales. */
export function findComparedSource(schema: GraphQLSchema, before: string): ValueSource | null {
  // What texts hold is no part of the language; one that is being typed has no end yet.
  const plain = before.replace(/"[^"\n]*"/g, '""');
  const compared = /(\w+)\s*:\s*\{[^{}"]*\w+\s*:\s*\[?(?:\s*"",?)*\s*"[^"\n]*$/.exec(plain)?.[1];
  const root = [...plain.matchAll(/(\w+)\s*\(/g)].at(-1)?.[1];
  return compared === undefined ? null : findValueSource(schema, compared, root ?? "");
}

/** `{ "state": "T`: the values of what the operation compares `$state` with. */
export function findVariableSource(schema: GraphQLSchema, query: string, before: string): ValueSource | null {
  const name = /"(\w+)"\s*:\s*\[?(?:\s*"[^"\n]*"\s*,)*\s*"[^"\n]*$/.exec(before)?.[1];
  if (name === undefined) return null;
  try {
    return describeVariables(schema, parse(query)).find((field) => field.name === name)?.source ?? null;
  } catch {
    return null; // being typed
  }
}
