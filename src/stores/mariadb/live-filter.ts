import type { ScalarField } from "../../models/field.ts";
import { splitId } from "../conversion/composite-id.ts";
import type { Filter, FilterValue } from "../document-store.ts";
import { prefixRange, toPattern } from "../text-operators.ts";
import { quoteName } from "./mariadb.ts";
import { isText, type LiveView, type OddColumn, toExact } from "./text-columns.ts";

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

/** A filterable field or the key as SQL. */
export interface FilterColumn {
  readonly field: ScalarField;
  /** What compares, sorts and groups as both stores do: the column itself, or its text without its collation. */
  readonly sql: string;
  /** The column itself, which an index may hold. */
  readonly column: string;
  /** Of a column that compares otherwise. */
  readonly odd: OddColumn | undefined;
  /** Of a key that is made of several: their columns, by which documents are found and sorted. */
  readonly parts?: readonly FilterColumn[] | undefined;
}

/** The column of a filterable field or the key. Throws a TypeError for any other: callers check names first. */
export function filterColumn(view: LiveView, name: string): FilterColumn {
  const { model, odd } = view;
  const column = model.columns[name];
  const field = model.fields[name];
  if (
    column === undefined ||
    !field ||
    (name !== model.key && !model.filters.includes(name) && !model.keyParts?.includes(name)) ||
    field.kind === "object" ||
    field.kind === "list" ||
    field.kind === "link"
  )
    throw new TypeError(`Model ${model.name}: "${name}" is not a filterable field.`);
  const own = quoteName(column);
  const other = isText(field) ? odd.get(column) : undefined;
  const parts = name === model.key ? model.keyParts?.map((part) => filterColumn(view, part)) : undefined;
  return { field, sql: other ? toExact(own) : own, column: own, odd: other, parts };
}

/** The columns that a column sorts by: itself, or those that a key is made of. */
export const placesOf = (column: FilterColumn): readonly FilterColumn[] => column.parts ?? [column];

/**
 * What a statement sorts by. MariaDB fills up the sort keys of a converted text with zero bytes: "a" and "a\\0" would be
 * one (measured), so the length decides between them.
 */
export const toOrder = (key: FilterColumn, direction: "asc" | "desc"): string =>
  placesOf(key)
    .map((place) => toPlaceOrder(place, direction))
    .join(", ");

const toPlaceOrder = ({ sql, odd }: FilterColumn, direction: "asc" | "desc"): string =>
  odd ? `${sql} ${direction}, octet_length(${sql}) ${direction}` : `${sql} ${direction}`;

/** For a date that may not be null, MariaDB takes `is null` for a question about 0000-00-00. */
export const isNull = ({ column, field }: FilterColumn): string =>
  field.kind === "date" || field.kind === "dateTime" ? `${column} <=> null` : `${column} is null`;

/**
 * The column equals one of the values. Of one with another collation the column's own comparison goes first, which
 * an index can look up and which is true for more texts, never for fewer.
 */
export function equalsAny(filtered: FilterColumn, values: readonly FilterValue[]): SqlFragment {
  const { field, sql, column, odd, parts } = filtered;
  if (parts) return isMadeOfAny(parts, values);
  const items = values.map((value) => toSqlValue(field, value));
  if (items.length === 0) return sqlFragment("false");
  const within = (operand: string, list: readonly string[]): SqlFragment => ({
    sql: list.length === 1 ? `${operand} = ${list[0]}` : `${operand} in (${list.join(", ")})`,
    values: items.flatMap((item) => item.values),
  });
  const list = items.map((item) => item.sql);
  const exact = within(sql, list);
  return odd?.toOwn ? joinSql([within(column, list.map(odd.toOwn)), exact], "and", "true") : exact;
}

/** By the columns that a key is made of, each of which an index may hold. What is no id is that of no document. */
function isMadeOfAny(parts: readonly FilterColumn[], ids: readonly FilterValue[]): SqlFragment {
  const all = ids.flatMap((id) => [splitKey(parts, id)].filter((values) => values !== undefined));
  const isOne = (values: readonly FilterValue[]) =>
    joinSql(
      parts.map((part, at) => equalsAny(part, [values[at] ?? ""])),
      "and",
      "true",
    );
  return joinSql(all.map(isOne), "or", "false");
}

const splitKey = (parts: readonly FilterColumn[], id: FilterValue) =>
  splitId(
    parts.map(({ field }) => field),
    String(id),
  );

/** The column is beyond a value, in the order of both stores: a key that is made of several by these. */
export function isBeyond(column: FilterColumn, value: FilterValue, upwards: boolean): SqlFragment {
  const values = column.parts ? splitKey(column.parts, value) : [value];
  if (!values) return sqlFragment("false");
  const places = placesOf(column);
  const alternatives = places.map((place, index) =>
    joinSql(
      [
        ...places.slice(0, index).map((earlier, at) => equalsAny(earlier, [values[at] ?? ""])),
        compareTo(place, values[index] ?? "", upwards ? ">" : "<"),
      ],
      "and",
      "true",
    ),
  );
  const [first] = places;
  // A range of an index, which the server does not see in alternatives.
  const bound = first && places.length > 1 ? [compareTo(first, values[0] ?? "", upwards ? ">=" : "<=")] : [];
  return joinSql([...bound, joinSql(alternatives, "or", "false")], "and", "true");
}

function compareTo({ field, sql }: FilterColumn, value: FilterValue, operator: string): SqlFragment {
  const bound = toSqlValue(field, value);
  return { ...bound, sql: `${sql} ${operator} ${bound.sql}` };
}

/**
 * A condition over the columns of the model's view that is true for the documents that fit. For the others it
 * is false or null: `not` and `ne` end three-valued logic with `is not true`.
 */
export function toSqlFilter(view: LiveView, filter: Filter): SqlFragment {
  switch (filter.kind) {
    case "and":
    case "or":
      return joinSql(
        filter.filters.map((inner) => toSqlFilter(view, inner)),
        filter.kind,
        filter.kind === "and" ? "true" : "false",
      );
    case "not":
      return negate(toSqlFilter(view, filter.filter));
    case "isNull":
      return sqlFragment(
        filter.isNull
          ? isNull(filterColumn(view, filter.field))
          : `${filterColumn(view, filter.field).column} is not null`,
      );
    case "in": {
      const found = equalsAny(filterColumn(view, filter.field), filter.values);
      return filter.negated ? negate(found) : found;
    }
    case "compare":
      return compare(filterColumn(view, filter.field), filter);
  }
}

const negate = (inner: SqlFragment): SqlFragment => ({ ...inner, sql: `(${inner.sql}) is not true` });

const comparisons = { lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;

function compare(column: FilterColumn, filter: Extract<Filter, { kind: "compare" }>): SqlFragment {
  const { field, sql } = column;
  if (filter.operator === "atHour") return sqlFragment(`hour(${sql}) = ?`, Number(filter.value));
  if (filter.operator === "onWeekday") return sqlFragment(`weekday(${sql}) + 1 = ?`, Number(filter.value));
  const value = toSqlValue(field, filter.value);
  switch (filter.operator) {
    case "eq":
      return equalsAny(column, [filter.value]);
    case "ne":
      return negate(equalsAny(column, [filter.value]));
    case "contains":
      return { ...value, sql: `locate(${value.sql}, ${sql}) > 0` };
    case "startsWith": {
      // Not `like`: its range of an index ends before 😀 and all other characters beyond U+FFFF, and loses these rows.
      const { from, below } = prefixRange(String(filter.value));
      return below === null
        ? sqlFragment(`${sql} >= ?`, from)
        : sqlFragment(`(${sql} >= ? and ${sql} < ?)`, from, below);
    }
    case "equalsInsensitive":
    case "containsInsensitive":
    case "startsWithInsensitive":
      // Cases are spelled out: those that the column's collation or a setting of the server would add are left off.
      return sqlFragment(`${sql} regexp ?`, `(?-ix)${toPattern(filter.operator, String(filter.value))}`);
    default:
      return { ...value, sql: `${sql} ${comparisons[filter.operator]} ${value.sql}` };
  }
}

/**
 * A canonical value as SQL of the column's own type. Text beside a number or a date would be compared as
 * floating point or by the rules of the column's type.
 */
function toSqlValue(field: ScalarField, value: FilterValue): SqlFragment {
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
