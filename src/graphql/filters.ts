import { VitrineError } from "../errors.ts";
import { filterNameOf, whereNameOf } from "../models/derived-names.ts";
import type { ScalarField } from "../models/field.ts";
import { currentName, renamedTo } from "../models/former-names.ts";
import type { DocumentModel } from "../models/model.ts";
import type { CyclicOperator } from "../stores/cyclic-operators.ts";
import type { Filter } from "../stores/document-store.ts";
import { MAX_INSENSITIVE, type TextOperator } from "../stores/text-operators.ts";
import type { Builder } from "./builder.ts";
import { type ScalarTypes, typeNameOf } from "./scalar-types.ts";
import { quote, readValue } from "./values.ts";

/** Conditions in one `where`, at most: beyond it a statement becomes too large to plan. */
const MAX_CONDITIONS = 200;
export const MAX_OPERANDS = 500;

/** Those that a client may ask for: hours and weekdays are groups of a cube. */
type Comparison = Exclude<Extract<Filter, { kind: "compare" }>["operator"], CyclicOperator>;
type Operator = Comparison | "in" | "notIn" | "isNull";

const orderOperators = ["eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte"] as const;
const insensitive = ["equalsInsensitive", "containsInsensitive", "startsWithInsensitive"] as const;

function operatorsOf(kind: ScalarField["kind"]): readonly Operator[] {
  switch (kind) {
    case "boolean":
      return ["eq", "ne", "isNull"];
    case "enumeration":
      return ["eq", "ne", "in", "notIn", "isNull"];
    case "string":
      return [...orderOperators, "contains", "startsWith", ...insensitive, "isNull"];
    case "int":
    case "bigint":
    case "decimal":
    case "date":
    case "dateTime":
      return [...orderOperators, "isNull"];
  }
}

/** The fields of a model that `where` and `orderBy` may name, in the order of the definition; the key is one. */
export const filterableFields = (model: DocumentModel): readonly (readonly [string, ScalarField])[] =>
  Object.entries(model.fields).flatMap(([name, field]) =>
    model.filters.includes(name) || name === model.key
      ? [[name, field as ScalarField] as const] // defineModel refuses filters on anything but scalars
      : [],
  );

/** Input types that all models share: one per kind and closed set, made when first used. */
export function createFilterTypes(builder: Builder, scalarType: ScalarTypes) {
  const made = new Map<string, ReturnType<typeof make>>();
  const make = (field: ScalarField) =>
    builder.inputType(filterNameOf(typeNameOf(field)), {
      description: `Conditions on a field of type ${typeNameOf(field)}.`,
      fields: (t) =>
        Object.fromEntries(
          operatorsOf(field.kind).map((operator) => {
            if (operator === "isNull") return [operator, t.boolean()];
            const type = scalarType(field);
            const isList = operator === "in" || operator === "notIn";
            return [operator, isList ? t.field({ type: [type] }) : t.field({ type })];
          }),
        ),
    });
  return (field: ScalarField) => {
    const name = typeNameOf(field);
    const type = made.get(name) ?? make(field);
    made.set(name, type);
    return type;
  };
}

/** Input type `<TypeName>Where`. */
export function createWhereType(
  builder: Builder,
  model: DocumentModel,
  filterType: ReturnType<typeof createFilterTypes>,
) {
  const where = builder.inputRef<Record<string, unknown>>(whereNameOf(model.typeName));
  builder.inputType(where, {
    description: `Conditions on the fields of ${model.typeName}.`,
    fields: (t) => ({
      ...Object.fromEntries(
        filterableFields(model).flatMap(([name, field]) => {
          const type = filterType(field);
          const former = field.formerly;
          const current = [name, t.field({ type })] as const;
          if (former === undefined) return [current];
          return [current, [former, t.field({ type, deprecationReason: renamedTo(name) })] as const];
        }),
      ),
      and: t.field({ type: [where] }),
      or: t.field({ type: [where] }),
      not: t.field({ type: where }),
    }),
  });
  return where;
}

/**
 * Turns a `where` (or `having`) argument into the stores' filter; null when nothing is asked.
 * @throws VitrineError BAD_INPUT, naming the field, for a null, an empty object or a value out of range.
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
      const current = currentName(model.fields, name);
      const field = model.fields[current] as ScalarField; // the input type has filterable scalars only
      return all(
        entriesOf(inner, at).map(([operator, operand]) => condition(current, field, operator, operand, at)),
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
        if (operand.length > MAX_OPERANDS) fail(at, `has more than ${MAX_OPERANDS} values.`);
        return { kind: "in", field: name, negated: operator === "notIn", values: operand.map(read) };
      }
      case "equalsInsensitive":
      case "containsInsensitive":
      case "startsWithInsensitive":
        if (typeof operand === "string" && Array.from(operand).length > MAX_INSENSITIVE)
          fail(
            at,
            `has more than ${MAX_INSENSITIVE} characters. Ask for fewer, or in the case that is stored.`,
          );
        return { kind: "compare", field: name, operator: operator as TextOperator, value: read(operand) };
      default:
        // The input type admits only the operators of the kind.
        return {
          kind: "compare",
          field: name,
          operator: operator as Comparison,
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
  const entries = Object.entries(value);
  // A variable without a value takes its condition with it, and everything would fit.
  if (entries.length === 0)
    return fail(path, "is empty; leave it out, or give it a condition. Has a variable no value?");
  return entries;
}

function fail(path: string, problem: string): never {
  throw new VitrineError("BAD_INPUT", `${path}: ${problem}`);
}
