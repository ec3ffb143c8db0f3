import type { DocumentModel } from "../../models/model.ts";
import { type FilterValue, type OrderTerm, type PageRequest, toTotalOrder } from "../document-store.ts";
import {
  equalsAny,
  filterColumn,
  isBeyond,
  isNull,
  joinSql,
  placesOf,
  type SqlFragment,
  sqlFragment,
  toOrder,
  toSqlFilter,
} from "./live-filter.ts";
import { quoteName } from "./mariadb.ts";
import { keyColumn, selectFields } from "./read-rows.ts";
import type { LiveView } from "./text-columns.ts";

/** A row without an id is nothing that a page could show, or a count should count. */
export const isDocument = (model: DocumentModel): SqlFragment =>
  sqlFragment(`${quoteName(keyColumn(model))} is not null`);

/**
 * The ids of a page, in its order; of one taken from the end in reverse order. Each row has the document's place in that
 * order too, a column per term: `place_0` …
 */
export const toPageIdsSql = (view: LiveView, page: PageRequest): SqlFragment =>
  toSinglePageSql(view, page, keyNamesOf(view.model));

/** The key, and what it is made of. */
const keyNamesOf = ({ key, keyParts = [] }: DocumentModel): readonly string[] => [key, ...keyParts];

/**
 * The documents of a page: these fields of them. Filters and the key may be read row by row; for any other field an
 * inner select chooses the ids first, so that it is computed for the rows of the page and no others.
 */
export function toPageSql(view: LiveView, page: PageRequest, fields: readonly string[]): SqlFragment {
  const { model } = view;
  const keys = keyNamesOf(model);
  const others = fields.filter((name) => !keys.includes(name) && !model.filters.includes(name));
  if (others.length === 0) return toSinglePageSql(view, page, fields);
  const ids = toPageIdsSql(view, page);
  const terms = toTotalOrder(model, page.orderBy);
  const order = terms.flatMap((term, index) => {
    const { parts } = filterColumn(view, term.field);
    const places = parts?.map((_, at) => partColumn(index, at)) ?? [placeColumn(index)];
    return places.map((place) => `page.${place} ${directionOf(term, page)}`);
  });
  const rest = fields.filter((name) => !keys.includes(name));
  return {
    sql:
      `select page.*, ${selectFields(model, rest, "whole")} from (${ids.sql}) as page ` +
      `straight_join ${quoteName(model.name)} as whole on ${sameDocument(view)} order by ${order.join(", ")}`,
    values: ids.values,
  };
}

function toSinglePageSql(view: LiveView, page: PageRequest, fields: readonly string[]): SqlFragment {
  const { model } = view;
  const terms = toTotalOrder(model, page.orderBy);
  const condition = joinSql(
    [
      isDocument(model),
      ...(page.where ? [toSqlFilter(view, page.where)] : []),
      ...(page.after ? [beyond(view, terms, page.after, "after")] : []),
      ...(page.before ? [beyond(view, terms, page.before, "before")] : []),
    ],
    "and",
    "true",
  );
  const columns = terms.map((term) => filterColumn(view, term.field));
  const places = columns.flatMap(({ sql, parts = [] }, index) => [
    `${sql} as ${placeColumn(index)}`,
    ...parts.map((part, at) => `${part.sql} as ${partColumn(index, at)}`),
  ]);
  const order = terms.map((term) => toOrder(filterColumn(view, term.field), directionOf(term, page)));
  return {
    sql:
      `select ${[selectFields(model, fields), ...places].join(", ")} from ${quoteName(model.name)} ` +
      `where ${condition.sql} order by ${order.join(", ")} limit ${page.limit}`,
    values: condition.values,
  };
}

/** Of `page` and `whole`: the id, also where the column takes two ids for one. */
export function sameDocument(view: LiveView): string {
  return placesOf(filterColumn(view, view.model.key))
    .map(({ odd, sql, column }) => {
      const exact = (table: string) => sql.replace(column, () => `${table}.${column}`);
      const own = `whole.${column} = page.${column}`;
      return odd ? `${own} and ${exact("whole")} = ${exact("page")}` : own;
    })
    .join(" and ");
}

/** Where a row of a page has its value of an order term. */
export const placeColumn = (index: number): string => `place_${index}`;

/** Where it has a part of the key that the term is. */
const partColumn = (index: number, at: number): string => `place_${index}_${at}`;

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
  if (value === null) return sqlFragment(upwards ? `${place.column} is not null` : "false");
  const beyond = isBeyond(place, value, upwards);
  return upwards ? beyond : joinSql([beyond, sqlFragment(isNull(place))], "or", "false");
}
