import type { ScalarField } from "../../models/field.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { Filter, FilterValue } from "../document-store.ts";
import { prefixRange, toPattern } from "../text-operators.ts";
import { quoteName } from "./mariadb.ts";

/** SQL text and the values of its placeholders. */
export interface SqlFragment {
  readonly sql: string;
  readonly values: readonly (string | number | bigint)[];
}

/** A piece of SQL with the values of its placeholders, in order. */
export const sqlFragment = (sql: string, ...values: SqlFragment["values"]): SqlFragment => ({ sql, values });

/** Joins fragments: `(a) and (b)`. `nothing` is what joins no fragments. */
export function joinSql(
  parts: readonly SqlFragment[],
  operator: "and" | "or",
  nothing: "true" | "false",
): SqlFragment {
  if (parts.length === 0) return sqlFragment(nothing);
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return {
    sql: parts.map((part) => `(${part.sql})`).join(` ${operator} `),
    values: parts.flatMap((part) => part.values),
  };
}

/** The column of a filterable field or the key. Throws a TypeError for any other: callers check names first. */
export function filterColumn(
  model: DocumentModel,
  name: string,
): { readonly column: string; readonly field: ScalarField } {
  const column = name === model.key ? "document_id" : model.filterColumns[name];
  const field = model.fields[name];
  if (
    column === undefined ||
    !field ||
    field.kind === "object" ||
    field.kind === "list" ||
    field.kind === "link"
  )
    throw new TypeError(`Model ${model.name}: "${name}" is not a filterable field.`);
  return { column: quoteName(column), field };
}

/**
 * A condition over the columns of the model's view that is true for the documents that fit. For the others it
 * is false or null: `not` and `ne` end three-valued logic with `is not true`.
 */
export function toSqlFilter(model: DocumentModel, filter: Filter): SqlFragment {
  switch (filter.kind) {
    case "and":
    case "or":
      return joinSql(
        filter.filters.map((inner) => toSqlFilter(model, inner)),
        filter.kind,
        filter.kind === "and" ? "true" : "false",
      );
    case "not":
      return negate(toSqlFilter(model, filter.filter));
    case "isNull":
      return sqlFragment(`${filterColumn(model, filter.field).column} is ${filter.isNull ? "" : "not "}null`);
    case "in": {
      const { column, field } = filterColumn(model, filter.field);
      const items = filter.values.map((value) => toSqlValue(field, value));
      const list = items.map((item) => item.sql).join(", ");
      const found: SqlFragment =
        items.length === 0
          ? sqlFragment("false")
          : { sql: `${column} in (${list})`, values: items.flatMap((item) => item.values) };
      return filter.negated ? negate(found) : found;
    }
    case "compare":
      return compare(model, filter);
  }
}

const negate = (inner: SqlFragment): SqlFragment => ({ ...inner, sql: `(${inner.sql}) is not true` });

const comparisons = { lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;

function compare(model: DocumentModel, filter: Extract<Filter, { kind: "compare" }>): SqlFragment {
  const { column, field } = filterColumn(model, filter.field);
  const value = toSqlValue(field, filter.value);
  switch (filter.operator) {
    case "eq":
      return { ...value, sql: `${column} = ${value.sql}` };
    case "ne":
      return negate({ ...value, sql: `${column} = ${value.sql}` });
    case "contains":
      return { ...value, sql: `locate(${value.sql}, ${column}) > 0` };
    case "startsWith": {
      // Not `like`: its range of an index ends before 😀 and all other characters beyond U+FFFF, and loses these rows.
      const { from, below } = prefixRange(String(filter.value));
      return below === null
        ? sqlFragment(`${column} >= ?`, from)
        : sqlFragment(`(${column} >= ? and ${column} < ?)`, from, below);
    }
    case "equalsInsensitive":
    case "containsInsensitive":
    case "startsWithInsensitive":
      // Cases are spelled out: those that the column's collation or a setting of the server would add are left off.
      return sqlFragment(`${column} regexp ?`, `(?-ix)${toPattern(filter.operator, String(filter.value))}`);
    default:
      return { ...value, sql: `${column} ${comparisons[filter.operator]} ${value.sql}` };
  }
}

/**
 * A canonical value as SQL of the column's own type. Text beside a number or a date would be compared as
 * floating point or by the rules of the column's type.
 */
export function toSqlValue(field: ScalarField, value: FilterValue): SqlFragment {
  switch (field.kind) {
    case "int":
      return sqlFragment("?", Number(value));
    case "bigint":
      return sqlFragment("?", BigInt(value));
    case "decimal":
      return sqlFragment(`cast(? as decimal(65, ${field.scale}))`, String(value));
    case "boolean":
      return sqlFragment("?", value === true ? 1 : 0);
    case "date":
      return sqlFragment("cast(? as date)", String(value));
    case "dateTime":
      return sqlFragment("cast(? as datetime(3))", String(value).replace("T", " ").replace("Z", ""));
    case "string":
    case "enumeration":
      return sqlFragment("?", String(value));
  }
}
