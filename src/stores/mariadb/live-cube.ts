import type { CubeModel, Dimension, Measure } from "../../models/cube.ts";
import type { ScalarField } from "../../models/field.ts";
import { toColumnName } from "../../models/model.ts";
import type { Period } from "../../models/period.ts";
import { withScale } from "../conversion/exact-decimal.ts";
import {
  baseMeasures,
  type CubeQuery,
  canFinishInStore,
  checkCubeQuery,
  factsOf,
  type Group,
  havingOf,
  keysOf,
  MAX_GROUPS,
} from "../cube-store.ts";
import type { FilterValue, OrderTerm } from "../document-store.ts";
import { filterColumn, type SqlFragment, toSqlFilter } from "./live-filter.ts";
import { quoteName, type Row } from "./mariadb.ts";
import type { CubeView } from "./text-columns.ts";

/**
 * One statement over the declared columns of the facts view, each row with the number of its grouping set. Names come
 * from the model only; every value is bound, once: the filter stands where it reaches the base tables' indexes.
 */
export function toCubeSql(view: CubeView, query: CubeQuery): SqlFragment {
  const cube = view.model;
  checkCubeQuery(cube, query);
  const keys = keysOf(query);
  const where = query.where ? toSqlFilter(view, query.where) : { sql: "true", values: [] };
  const { sql, values } =
    query.sets.length === 1 ? toSetSql(view, query, where) : toSetsSql(view, query, where);
  const groups = `select * from (${sql}) as cube_groups`;
  if (!canFinishInStore(cube, query)) return { sql: `${groups} limit ${MAX_GROUPS + 1}`, values };
  const asked = havingOf(query);
  const having = asked
    ? toSqlFilter({ model: cube.cube.measureModel, odd: new Map() }, asked)
    : { sql: "true", values: [] };
  const order = [...query.orderBy.map((term) => orderSql(cube, term)), "set_index", ...keys.map(keyColumn)];
  return {
    sql: `${groups} where ${having.sql} order by ${order.join(", ")} limit ${query.limit}`,
    values: [...values, ...having.values],
  };
}

function toSetSql(view: CubeView, query: CubeQuery, where: SqlFragment): SqlFragment {
  const cube = view.model;
  const keys = keysOf(query);
  const measures = baseMeasures(cube, query).map((name) => ({ name, ...measureSql(view, name) }));
  const columns = [
    "0 as set_index",
    ...keys.map((key) => `${keySql(view, key)} as ${keyColumn(key)}`),
    ...measures.map(({ name, sql }) => `${sql} as ${measureColumn(cube, name)}`),
  ];
  // Without keys the aggregate makes one row of all facts, also when no measure is asked for.
  const group =
    keys.length === 0
      ? "having count(*) >= 0"
      : `group by ${keys.map((key) => keySql(view, key)).join(", ")}`;
  return {
    sql: `select ${columns.join(", ")} from ${quoteName(cube.name)} where ${where.sql} ${group}`,
    values: [...measures.flatMap(({ values }) => values), ...where.values],
  };
}

/**
 * Several grouping sets read the facts once: grouped by every key of any set and every value to count distinctly. Each
 * such group is then given to each set, with the keys that the set lacks made null, and grouped again. A statement with
 * a branch per set would bind the filter as often (398 KB of values in 64 sets: 6.9 GB in MariaDB, measured).
 */
function toSetsSql(view: CubeView, query: CubeQuery, where: SqlFragment): SqlFragment {
  const cube = view.model;
  const keys = keysOf(query);
  const measures = baseMeasures(cube, query).map((name) => {
    const kind = cube.cube.measures[name]?.kind;
    const isDistinct = kind === "countDistinct";
    const inner = isDistinct ? countedSql(view, name) : measureSql(view, name);
    const column = measureColumn(cube, name);
    return { column, isDistinct, outer: foldSql(kind, `facts.${column}`), ...inner };
  });
  const inner = [
    "1 as is_fact",
    ...keys.map((key) => `${keySql(view, key)} as ${keyColumn(key)}`),
    ...measures.map(({ sql, column }) => `${sql} as ${column}`),
  ];
  // By place: an alias may be the name of a column of the view.
  const by = [
    ...keys.map((_, at) => at + 2),
    ...measures.flatMap(({ isDistinct }, at) => (isDistinct ? [keys.length + at + 2] : [])),
  ];
  const facts = `select ${inner.join(", ")} from ${quoteName(cube.name)} where ${where.sql}
    group by ${by.length === 0 ? "null" : by.join(", ")}`;
  const sets = query.sets.map((set, index) =>
    [
      `select ${index} as set_index`,
      ...keys.map((key, at) => `${set.includes(key) ? 1 : 0} as has_${at}`),
    ].join(", "),
  );
  const masked = keys.map((key, at) => `if(sets.has_${at}, facts.${keyColumn(key)}, null)`);
  const outer = [
    "sets.set_index as set_index",
    ...keys.map((key, at) => `${masked[at]} as ${keyColumn(key)}`),
    ...measures.map(({ column, outer }) => `${outer} as ${column}`),
  ];
  // A total has a row without any facts too, a group has none.
  const totals = query.sets.flatMap((set, index) => (set.length === 0 ? [index] : []));
  const isThere = ["count(facts.is_fact) > 0", ...totals.map((index) => `set_index = ${index}`)].join(" or ");
  return {
    sql: `select ${outer.join(", ")} from (${sets.join(" union all ")}) as sets
    left join (${facts}) as facts on true
    group by ${["sets.set_index", ...masked].join(", ")} having ${isThere}`,
    values: [...measures.flatMap(({ values }) => values), ...where.values],
  };
}

/** A row of the statement in canonical form. */
export function toGroup(cube: CubeModel, query: CubeQuery, row: Row): Group {
  const { dimensions, measureModel } = cube.cube;
  const values: Record<string, FilterValue | null> = {};
  const read = (name: string, field: ScalarField | undefined, column: string) => {
    const value = row[column] ?? null;
    values[name] = value === null ? null : toValue(field, String(value));
  };
  for (const key of keysOf(query)) read(key, dimensions[key]?.type, keyColumn(key));
  for (const name of baseMeasures(cube, query))
    read(name, measureModel.fields[name], measureColumn(cube, name));
  return { set: Number(row.set_index), values };
}

/** Counts and integers come as text when they are wide; every other kind is text already. */
function toValue(field: ScalarField | undefined, text: string): FilterValue {
  if (field?.kind === "int") return Number(text);
  if (field?.kind === "decimal") return withScale(text, field.scale);
  if (field?.kind !== "dateTime") return text;
  // Also of a moment that no calendar has, which whoever shows it tells.
  const [moment = "", fraction = ""] = text.split(".");
  return `${moment.replace(" ", "T")}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
}

const keyColumn = (key: string): string => `k_${toColumnName(key)}`;
const measureColumn = (cube: CubeModel, name: string): string => cube.cube.measureModel.columns[name] ?? "";

/** Aggregates of no fact and of facts that do not count are the same: null is left out of each of them. */
export function measureSql(view: CubeView, name: string): SqlFragment {
  const { sql, values } = countedSql(view, name);
  switch (view.model.cube.measures[name]?.kind) {
    case "sum":
      return { sql: `coalesce(sum(${sql}), 0)`, values };
    case "min":
      return { sql: `min(${sql})`, values };
    case "max":
      return { sql: `max(${sql})`, values };
    case "countDistinct":
      return { sql: `count(distinct ${sql})`, values };
    default:
      return { sql: `count(${sql})`, values };
  }
}

/** A measure of groups that are put together; of a distinct count, of the values that each of them has. */
function foldSql(kind: Measure["kind"] | undefined, column: string): string {
  switch (kind) {
    case "min":
      return `min(${column})`;
    case "max":
      return `max(${column})`;
    case "countDistinct":
      return `count(distinct ${column})`;
    default:
      return `coalesce(sum(${column}), 0)`;
  }
}

/** What a measure adds up or counts: null for facts that do not count. */
function countedSql(view: CubeView, name: string): SqlFragment {
  const measure = view.model.cube.measures[name];
  if (!measure || measure.kind === "average")
    throw new TypeError(`${name} is no measure that a store computes.`);
  const value = measure.kind === "count" ? "1" : filterColumn(view, measure.field).sql;
  const facts = factsOf(measure);
  if (!facts) return { sql: value, values: [] };
  const condition = toSqlFilter(view, facts);
  return { sql: `case when ${condition.sql} then ${value} end`, values: condition.values };
}

/** Of a day. */
const periodSql: Readonly<Record<Exclude<Period, "hour">, (day: string) => string>> = {
  day: (day) => day,
  week: (day) => `(${day} - interval weekday(${day}) day)`,
  month: (day) => `(${day} - interval dayofmonth(${day}) - 1 day)`,
  quarter: (day) => `(${day} - interval dayofmonth(${day}) - 1 day - interval (month(${day}) - 1) % 3 month)`,
  year: (day) => `(${day} - interval dayofyear(${day}) - 1 day)`,
  weekday: (day) => `(weekday(${day}) + 1)`,
};

/** What a dimension groups by, over the columns of the facts view. */
export function keySql(view: CubeView, key: string): string {
  const dimension: Dimension | undefined = view.model.cube.dimensions[key];
  if (!dimension) throw new TypeError(`${key} is no dimension of ${view.model.name}.`);
  const { sql, field } = filterColumn(view, dimension.field);
  if (dimension.period === null) return sql;
  if (dimension.period === "hour") return `hour(${sql})`;
  return periodSql[dimension.period](field.kind === "dateTime" ? `cast(${sql} as date)` : sql);
}

function orderSql(cube: CubeModel, { field, direction }: OrderTerm): string {
  const column = field in cube.cube.dimensions ? keyColumn(field) : measureColumn(cube, field);
  return `${column} ${direction}`;
}
