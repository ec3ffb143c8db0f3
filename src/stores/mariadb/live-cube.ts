import type { CubeModel, Dimension, Period } from "../../models/cube.ts";
import type { ScalarField } from "../../models/field.ts";
import { toColumnName } from "../../models/model.ts";
import {
  baseMeasures,
  type CubeQuery,
  canFinishInStore,
  checkCubeQuery,
  factsOf,
  type Group,
  keysOf,
  MAX_GROUPS,
} from "../cube-store.ts";
import type { FilterValue, OrderTerm } from "../document-store.ts";
import { type SqlFragment, toSqlFilter } from "./live-filter.ts";
import { quoteName, type Row } from "./mariadb.ts";

/**
 * One statement over the declared columns of the facts view: a `select … group by` per grouping set,
 * joined by `union all`, each row with the number of its set. Names come from the model only; every
 * value is bound. Filters stand in each branch, so that they reach the base tables' indexes.
 */
export function toCubeSql(cube: CubeModel, query: CubeQuery): SqlFragment {
  checkCubeQuery(cube, query);
  const keys = keysOf(query);
  const measures = baseMeasures(cube, query).map((name) => ({ name, ...measureSql(cube, name) }));
  const where = query.where ? toSqlFilter(cube, query.where) : { sql: "true", values: [] };
  const branches = query.sets.map((set, index) => {
    const columns = [
      `${index} as set_index`,
      ...keys.map((key) => `${set.includes(key) ? keySql(cube, key) : "null"} as ${keyColumn(key)}`),
      ...measures.map(({ name, sql }) => `${sql} as ${measureColumn(cube, name)}`),
    ];
    // Without keys the aggregate makes one row of all facts, also when no measure is asked for.
    const group =
      set.length === 0
        ? "having count(*) >= 0"
        : `group by ${set.map((key) => keySql(cube, key)).join(", ")}`;
    return `select ${columns.join(", ")} from ${quoteName(cube.name)} where ${where.sql} ${group}`;
  });
  const values = query.sets.flatMap(() => [...measures.flatMap((one) => one.values), ...where.values]);
  const groups = `select * from (${branches.join(" union all ")}) as cube_groups`;
  if (!canFinishInStore(cube, query)) return { sql: `${groups} limit ${MAX_GROUPS + 1}`, values };
  const having = query.having
    ? toSqlFilter(cube.cube.measureModel, query.having)
    : { sql: "true", values: [] };
  const order = [...query.orderBy.map((term) => orderSql(cube, term)), "set_index", ...keys.map(keyColumn)];
  return {
    sql: `${groups} where ${having.sql} order by ${order.join(", ")} limit ${query.limit}`,
    values: [...values, ...having.values],
  };
}

/** A row of the statement in canonical form. */
export function toGroup(cube: CubeModel, query: CubeQuery, row: Row): Group {
  const { dimensions, measureModel } = cube.cube;
  const values: Record<string, FilterValue | null> = {};
  const read = (name: string, field: ScalarField | undefined, column: string) => {
    const value = row[column] ?? null;
    // Counts and integers come as text when they are wide; every other kind is text already.
    values[name] = value === null ? null : field?.kind === "int" ? Number(value) : String(value);
  };
  for (const key of keysOf(query)) read(key, dimensions[key]?.type, keyColumn(key));
  for (const name of baseMeasures(cube, query))
    read(name, measureModel.fields[name], measureColumn(cube, name));
  return { set: Number(row.set_index), values };
}

const keyColumn = (key: string): string => `k_${toColumnName(key)}`;
const measureColumn = (cube: CubeModel, name: string): string =>
  cube.cube.measureModel.filterColumns[name] ?? "";

const columnOf = (cube: CubeModel, field: string): string =>
  quoteName(field === cube.key ? "document_id" : (cube.filterColumns[field] ?? ""));

/** Aggregates of no fact and of facts that do not count are the same: null is left out of each of them. */
function measureSql(cube: CubeModel, name: string): SqlFragment {
  const measure = cube.cube.measures[name];
  if (!measure || measure.kind === "average")
    throw new TypeError(`${name} is no measure that a store computes.`);
  const facts = factsOf(measure);
  const condition = facts && toSqlFilter(cube, facts);
  const counted = (value: string): string =>
    condition ? `case when ${condition.sql} then ${value} end` : value;
  const { values } = condition ?? { values: [] };
  switch (measure.kind) {
    case "sum":
      return { sql: `coalesce(sum(${counted(columnOf(cube, measure.field))}), 0)`, values };
    case "countDistinct":
      return { sql: `count(distinct ${counted(columnOf(cube, measure.field))})`, values };
    case "count":
      return { sql: `count(${counted("1")})`, values };
  }
}

const periodSql: Readonly<Record<Period, (day: string) => string>> = {
  week: (day) => `(${day} - interval weekday(${day}) day)`,
  month: (day) => `(${day} - interval dayofmonth(${day}) - 1 day)`,
  quarter: (day) => `(${day} - interval dayofmonth(${day}) - 1 day - interval (month(${day}) - 1) % 3 month)`,
  year: (day) => `(${day} - interval dayofyear(${day}) - 1 day)`,
};

function keySql(cube: CubeModel, key: string): string {
  const dimension: Dimension | undefined = cube.cube.dimensions[key];
  if (!dimension) throw new TypeError(`${key} is no dimension of ${cube.name}.`);
  const column = columnOf(cube, dimension.field);
  return dimension.period === null ? column : periodSql[dimension.period](column);
}

function orderSql(cube: CubeModel, { field, direction }: OrderTerm): string {
  const column = field in cube.cube.dimensions ? keyColumn(field) : measureColumn(cube, field);
  return `${column} ${direction}`;
}
