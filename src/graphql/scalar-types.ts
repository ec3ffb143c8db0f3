import type { EnumerationField, ScalarField } from "../models/field.ts";
import type { Builder } from "./builder.ts";

const scalarNames = {
  int: "Int",
  bigint: "BigInt",
  decimal: "Decimal",
  string: "String",
  boolean: "Boolean",
  date: "Date",
  dateTime: "DateTime",
} as const satisfies Record<Exclude<ScalarField["kind"], "enumeration">, string>;

/** Name of the GraphQL type of a field's values. */
export const typeNameOf = (field: ScalarField): string =>
  field.kind === "enumeration" ? field.typeName : scalarNames[field.kind];

export type ScalarTypes = ReturnType<typeof createScalarTypes>;

/**
 * The GraphQL type of each scalar field: one per kind, and an enum per closed set, made when first used.
 */
export function createScalarTypes(builder: Builder) {
  const made = new Map<string, ReturnType<typeof make>>();
  const make = ({ typeName, typeDescription, values }: EnumerationField) =>
    builder.enumType(typeName, {
      description: typeDescription,
      // Inside it is the stored text.
      values: Object.fromEntries(
        values.map(({ name, text, description }) => [name, { value: text, description }]),
      ) as Record<string, { value: string; description: string }>,
    });
  return (field: ScalarField) => {
    if (field.kind !== "enumeration") return scalarNames[field.kind];
    // Of one name are sets of the same values only (findNameProblems).
    const type = made.get(field.typeName) ?? make(field);
    made.set(field.typeName, type);
    return type;
  };
}
