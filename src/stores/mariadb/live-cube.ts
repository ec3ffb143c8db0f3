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
import { filterColumn, type SqlFragment, toSqlFilter } from "./live-filter.ts";
import { quoteName, type Row } from "./mariadb.ts";
import type { LiveView } from "./text-columns.ts";

type CubeView = LiveView<CubeModel>;

/**
 * One statement over the declared columns of the facts view: a `select … group by` per grouping set,
 * joined by `union all`, each row with the number of its set. Names come from the model only; every
 * value is bound. Filters stand in each branch, so that they reach the base tables' indexes.
 */
export function toCubeSql(view: CubeView, query: CubeQuery): SqlFragment {
  const cube = view.model;
  checkCubeQuery(cube, query);
  const keys = keysOf(query);
  const measures = baseMeasures(cube, query).map((name) => ({ name, ...measureSql(view, name) }));
  const where = query.where ? toSqlFilter(view, query.where) : { sql: "true", values: [] };
  const branches = query.sets.map((set, index) => {
    const columns = [
      `${index} as set_index`,
      ...keys.map((key) => `${set.includes(key) ? keySql(view, key) : "null"} as ${keyColumn(key)}`),
      ...measures.map(({ name, sql }) => `${sql} as ${measureColumn(cube, name)}`),
    ];
    // Without keys the aggregate makes one row of all facts, also when no measure is asked for.
    const group =
      set.length === 0
        ? "having count(*) >= 0"
        : `group by ${set.map((key) => keySql(view, key)).join(", ")}`;
    return `select ${columns.join(", ")} from ${quoteName(cube.name)} where ${where.sql} ${group}`;
  });
  const values = query.sets.flatMap(() => [...measures.flatMap((one) => one.values), ...where.values]);
  const groups = `select * from (${branches.join(" union all ")}) as cube_groups`;
  if (!canFinishInStore(cube, query)) return { sql: `${groups} limit ${MAX_GROUPS + 1}`, values };
  const having = query.having
    ? toSqlFilter({ model: cube.cube.measureModel, odd: new Map() }, query.having)
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

/** Aggregates of no fact and of facts that do not count are the same: null is left out of each of them. */
function measureSql(view: CubeView, name: string): SqlFragment {
  const measure = view.model.cube.measures[name];
  if (!measure || measure.kind === "average")
    throw new TypeError(`${name} is no measure that a store computes.`);
  const facts = factsOf(measure);
  const condition = facts && toSqlFilter(view, facts);
  const counted = (value: string): string =>
    condition ? `case when ${condition.sql} then ${value} end` : value;
  const { values } = condition ?? { values: [] };
  switch (measure.kind) {
    case "sum":
      return { sql: `coalesce(sum(${counted(filterColumn(view, measure.field).sql)}), 0)`, values };
    case "countDistinct":
      return { sql: `count(distinct ${counted(filterColumn(view, measure.field).sql)})`, values };
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

function keySql(view: CubeView, key: string): string {
  const dimension: Dimension | undefined = view.model.cube.dimensions[key];
  if (!dimension) throw new TypeError(`${key} is no dimension of ${view.model.name}.`);
  const column = filterColumn(view, dimension.field).sql;
  return dimension.period === null ? column : periodSql[dimension.period](column);
}

function orderSql(cube: CubeModel, { field, direction }: OrderTerm): string {
  const column = field in cube.cube.dimensions ? keyColumn(field) : measureColumn(cube, field);
  return `${column} ${direction}`;
}
