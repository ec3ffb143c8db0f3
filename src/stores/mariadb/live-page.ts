import type { DocumentModel } from "../../models/model.ts";
import { type FilterValue, type OrderTerm, type PageRequest, toTotalOrder } from "../document-store.ts";
import {
  filterColumn,
  joinSql,
  type SqlFragment,
  sqlFragment,
  toSqlFilter,
  toSqlValue,
} from "./live-filter.ts";
import { quoteName } from "./mariadb.ts";

/**
 * The documents of a page; of one taken from the end in reverse order. The inner select chooses the ids over
 * the filter columns alone, so that documents are built for the rows of the page and no others.
 */
export function toPageSql(model: DocumentModel, page: PageRequest): SqlFragment {
  const terms = toTotalOrder(model, page.orderBy);
  const view = quoteName(model.name);
  const condition = joinSql(
    [
      ...(page.where ? [toSqlFilter(model, page.where)] : []),
      ...(page.after ? [beyond(model, terms, page.after, "after")] : []),
      ...(page.before ? [beyond(model, terms, page.before, "before")] : []),
    ],
    "and",
    "true",
  );
  const columns = terms.map((term) => filterColumn(model, term.field).column);
  const directions = terms.map((term) => ((term.direction === "desc") === page.fromEnd ? "asc" : "desc"));
  const orderBy = (table: string) =>
    columns.map((column, index) => `${table}${column} ${directions[index]}`).join(", ");
  const selected = [...new Set(["`document_id`", ...columns])].join(", ");
  return {
    sql:
      `select page.document_id, whole.document from (select ${selected} from ${view} where ${condition.sql} ` +
      `order by ${orderBy("")} limit ${page.limit}) as page ` +
      `straight_join ${view} as whole on whole.document_id = page.document_id order by ${orderBy("page.")}`,
    values: condition.values,
  };
}

/** Documents strictly after (or before) a place in the order: earlier terms equal, the next one beyond. */
function beyond(
  model: DocumentModel,
  terms: readonly OrderTerm[],
  place: readonly (FilterValue | null)[],
  side: "after" | "before",
): SqlFragment {
  const alternatives = terms.map((term, index) =>
    joinSql(
      [
        ...terms.slice(0, index).map((earlier, at) => same(model, earlier.field, place[at] ?? null)),
        further(model, term.field, place[index] ?? null, (side === "after") === (term.direction === "asc")),
      ],
      "and",
      "true",
    ),
  );
  return joinSql(alternatives, "or", "false");
}

function same(model: DocumentModel, name: string, value: FilterValue | null): SqlFragment {
  const { column, field } = filterColumn(model, name);
  if (value === null) return sqlFragment(`${column} is null`);
  const bound = toSqlValue(field, value);
  return { ...bound, sql: `${column} = ${bound.sql}` };
}

/** Null comes before every value, so nothing is less than it, and it is less than any value. */
function further(
  model: DocumentModel,
  name: string,
  value: FilterValue | null,
  upwards: boolean,
): SqlFragment {
  const { column, field } = filterColumn(model, name);
  if (value === null) return sqlFragment(upwards ? `${column} is not null` : "false");
  const bound = toSqlValue(field, value);
  if (upwards) return { ...bound, sql: `${column} > ${bound.sql}` };
  return {
    ...bound,
    sql: field.nullable ? `${column} < ${bound.sql} or ${column} is null` : `${column} < ${bound.sql}`,
  };
}
