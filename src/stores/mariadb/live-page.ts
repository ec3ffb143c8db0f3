import { type FilterValue, type OrderTerm, type PageRequest, toTotalOrder } from "../document-store.ts";
import {
  equalsAny,
  filterColumn,
  isNull,
  joinSql,
  type SqlFragment,
  sqlFragment,
  toOrder,
  toSqlFilter,
  toSqlValue,
} from "./live-filter.ts";
import { quoteName } from "./mariadb.ts";
import type { LiveView } from "./text-columns.ts";

/** A row without an id is nothing that a page could show, or a count should count. */
export const isDocument = sqlFragment("document_id is not null");

/**
 * The ids of a page, in its order; of one taken from the end in reverse order. Each row has the document's place in that
 * order too, a column per term: `place_0` …
 */
export function toPageIdsSql(view: LiveView, page: PageRequest): SqlFragment {
  const terms = toTotalOrder(view.model, page.orderBy);
  const condition = joinSql(
    [
      isDocument,
      ...(page.where ? [toSqlFilter(view, page.where)] : []),
      ...(page.after ? [beyond(view, terms, page.after, "after")] : []),
      ...(page.before ? [beyond(view, terms, page.before, "before")] : []),
    ],
    "and",
    "true",
  );
  const columns = terms.map((term) => filterColumn(view, term.field));
  const places = columns.map(({ sql }, index) => `${sql} as ${placeColumn(index)}`);
  const order = terms.map((term) => toOrder(filterColumn(view, term.field), directionOf(term, page)));
  return {
    sql:
      `select ${["document_id", ...places].join(", ")} from ${quoteName(view.model.name)} ` +
      `where ${condition.sql} order by ${order.join(", ")} limit ${page.limit}`,
    values: condition.values,
  };
}

/**
 * The documents of a page. The inner select chooses the ids over the filter columns alone, so that documents are built
 * for the rows of the page and no others.
 */
export function toPageSql(view: LiveView, page: PageRequest): SqlFragment {
  const ids = toPageIdsSql(view, page);
  const terms = toTotalOrder(view.model, page.orderBy);
  const order = terms.map((term, index) => `page.${placeColumn(index)} ${directionOf(term, page)}`);
  return {
    sql:
      `select page.*, whole.document from (${ids.sql}) as page straight_join ${quoteName(view.model.name)} as whole ` +
      `on ${sameDocument(view)} order by ${order.join(", ")}`,
    values: ids.values,
  };
}

/** Of `page` and `whole`: the id, also where the column takes two ids for one. */
export function sameDocument(view: LiveView): string {
  const { odd, sql } = filterColumn(view, view.model.key);
  const exact = (table: string) => sql.replace("`document_id`", `${table}.document_id`);
  const own = "whole.document_id = page.document_id";
  return odd ? `${own} and ${exact("whole")} = ${exact("page")}` : own;
}

/** Where a row of a page has its value of an order term. */
export const placeColumn = (index: number): string => `place_${index}`;

const directionOf = (term: OrderTerm, page: PageRequest) =>
  (term.direction === "desc") === page.fromEnd ? "asc" : "desc";

/** Documents strictly after (or before) a place in the order: earlier terms equal, the next one beyond. */
function beyond(
  view: LiveView,
  terms: readonly OrderTerm[],
  place: readonly (FilterValue | null)[],
  side: "after" | "before",
): SqlFragment {
  const alternatives = terms.map((term, index) =>
    joinSql(
      [
        ...terms.slice(0, index).map((earlier, at) => same(view, earlier.field, place[at] ?? null)),
        further(view, term.field, place[index] ?? null, (side === "after") === (term.direction === "asc")),
      ],
      "and",
      "true",
    ),
  );
  return joinSql(alternatives, "or", "false");
}

function same(view: LiveView, name: string, value: FilterValue | null): SqlFragment {
  const column = filterColumn(view, name);
  return value === null ? sqlFragment(isNull(column)) : equalsAny(column, [value]);
}

/**
 * Null comes before every value, so nothing is less than it, and it is less than any value. Also where the model says that
 * there is none: a row that breaks its word has a place as well.
 */
function further(view: LiveView, name: string, value: FilterValue | null, upwards: boolean): SqlFragment {
  const place = filterColumn(view, name);
  const { sql, column, field } = place;
  if (value === null) return sqlFragment(upwards ? `${column} is not null` : "false");
  const bound = toSqlValue(field, value);
  if (upwards) return { ...bound, sql: `${sql} > ${bound.sql}` };
  return { ...bound, sql: `${sql} < ${bound.sql} or ${isNull(place)}` };
}
