import { VitrineError } from "../errors.ts";
import type { ScalarField } from "../models/field.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Filter } from "../stores/document-store.ts";
import type { Builder } from "./builder.ts";
import { quote, readValue } from "./values.ts";

/** Conditions in one `where`, at most: beyond it a statement becomes too large to plan. */
const MAX_CONDITIONS = 200;
const MAX_VALUES = 500;

/** GraphQL type of each scalar kind. */
export const scalarNames = {
  int: "Int",
  bigint: "BigInt",
  decimal: "Decimal",
  string: "String",
  boolean: "Boolean",
  date: "Date",
  dateTime: "DateTime",
} as const satisfies Record<ScalarField["kind"], string>;

type Operator = Extract<Filter, { kind: "compare" }>["operator"] | "in" | "notIn" | "isNull";

const operatorDescriptions: Readonly<Record<Operator, string>> = {
  eq: "Equal.",
  ne: "Not equal; true for null.",
  in: "Equal to one of these, at most 500.",
  notIn: "Equal to none of these, at most 500; true for null.",
  lt: "Less.",
  lte: "Less or equal.",
  gt: "Greater.",
  gte: "Greater or equal.",
  contains: "Contains this text; upper and lower case differ.",
  startsWith: "Starts with this text; upper and lower case differ.",
  isNull: "true: has no value. false: has one.",
};

function operatorsOf(kind: ScalarField["kind"]): readonly Operator[] {
  switch (kind) {
    case "boolean":
      return ["eq", "ne", "isNull"];
    case "string":
      return ["eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte", "contains", "startsWith", "isNull"];
    case "int":
    case "bigint":
    case "decimal":
    case "date":
    case "dateTime":
      return ["eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte", "isNull"];
  }
}

/** The fields of a model that `where` and `orderBy` may name, in the order of the definition; the key is one. */
export const filterableFields = (model: DocumentModel): readonly (readonly [string, ScalarField])[] =>
  Object.entries(model.fields).flatMap(([name, field]) =>
    name in model.filterColumns || name === model.key
      ? [[name, field as ScalarField] as const] // defineModel refuses filters on anything but scalars
      : [],
  );

/** Input types that all models share: one per kind, made when first used. */
export function createFilterTypes(builder: Builder) {
  const made = new Map<ScalarField["kind"], ReturnType<typeof make>>();
  const make = (kind: ScalarField["kind"]) =>
    builder.inputType(`${scalarNames[kind]}Filter`, {
      description: `Conditions on a field of type ${scalarNames[kind]}; all of them must hold. Comparison is exact, byte by byte.`,
      fields: (t) =>
        Object.fromEntries(
          operatorsOf(kind).map((operator) => {
            const description = operatorDescriptions[operator];
            if (operator === "isNull") return [operator, t.boolean({ description })];
            const type = scalarNames[kind];
            const isList = operator === "in" || operator === "notIn";
            return [
              operator,
              isList ? t.field({ type: [type], description }) : t.field({ type, description }),
            ];
          }),
        ),
    });
  return (kind: ScalarField["kind"]) => {
    const type = made.get(kind) ?? make(kind);
    made.set(kind, type);
    return type;
  };
}

/** Input type `<TypeName>Where`. */
export function createWhereType(
  builder: Builder,
  model: DocumentModel,
  filterType: ReturnType<typeof createFilterTypes>,
) {
  const where = builder.inputRef<Record<string, unknown>>(`${model.typeName}Where`);
  builder.inputType(where, {
    description: `Conditions on ${model.typeName}; all of them must hold. A comparison with a missing value is false; ask for it with \`isNull\`.`,
    fields: (t) => ({
      ...Object.fromEntries(
        filterableFields(model).map(([name, field]) => [
          name,
          t.field({ type: filterType(field.kind), description: field.description }),
        ]),
      ),
      and: t.field({ type: [where], description: "All of these." }),
      or: t.field({ type: [where], description: "At least one of these." }),
      not: t.field({ type: where, description: "Not this." }),
    }),
  });
  return where;
}

/**
 * Turns a `where` (or `having`) argument into the stores' filter; null when nothing is asked.
 * @throws VitrineError BAD_INPUT, naming the field, for a null, an empty condition or a value out of range.
 */
export function toFilter(model: DocumentModel, where: unknown, argument = "where"): Filter | null {
  if (where === null || where === undefined) return null;
  let conditions = 0;
  const count = () => {
    conditions += 1;
    if (conditions > MAX_CONDITIONS) fail(argument, `has more than ${MAX_CONDITIONS} conditions.`);
  };
  const group = (value: unknown, path: string): Filter => {
    const filters = entriesOf(value, path).map(([name, inner]): Filter => {
      const at = `${path}.${name}`;
      count();
      if (name === "not") return { kind: "not", filter: group(inner, at) };
      if ((name === "and" || name === "or") && Array.isArray(inner))
        return { kind: name, filters: inner.map((item, index) => group(item, `${at}[${index}]`)) };
      const field = model.fields[name] as ScalarField; // the input type has filterable scalars only
      return all(
        entriesOf(inner, at).map(([operator, operand]) => condition(name, field, operator, operand, at)),
      );
    });
    return all(filters);
  };
  const condition = (
    name: string,
    field: ScalarField,
    operator: string,
    operand: unknown,
    path: string,
  ): Filter => {
    const at = `${path}.${operator}`;
    count();
    const read = (value: unknown) => {
      if (value === null) return fail(at, "is null; ask with isNull.");
      try {
        return readValue(field, value);
      } catch (error) {
        return fail(at, error instanceof VitrineError ? error.message : quote(value));
      }
    };
    switch (operator as Operator) {
      case "isNull":
        return {
          kind: "isNull",
          field: name,
          isNull: operand === null ? fail(at, "is null.") : operand === true,
        };
      case "in":
      case "notIn": {
        if (!Array.isArray(operand)) return fail(at, "is not a list.");
        if (operand.length > MAX_VALUES) fail(at, `has more than ${MAX_VALUES} values.`);
        return { kind: "in", field: name, negated: operator === "notIn", values: operand.map(read) };
      }
      default:
        // The input type admits only the operators of the kind.
        return {
          kind: "compare",
          field: name,
          operator: operator as Extract<Filter, { kind: "compare" }>["operator"],
          value: read(operand),
        };
    }
  };
  const filter = group(where, argument);
  return filter.kind === "and" && filter.filters.length === 0 ? null : filter;
}

const all = (filters: readonly Filter[]): Filter =>
  filters.length === 1 && filters[0] ? filters[0] : { kind: "and", filters };

function entriesOf(value: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null)
    return fail(path, "is null; leave it out, or ask with isNull.");
  return Object.entries(value);
}

function fail(path: string, problem: string): never {
  throw new VitrineError("BAD_INPUT", `${path}: ${problem}`);
}
