import { first, nothing, type Question, table } from "../../integration/pos/question.ts";

/** Versions of a table, each with the moment of the next. */
const versionsOf = (name: string) =>
  `(select v.*, lead(valid_from) over (partition by ${name}_id order by version_number) as valid_to from ${name}_version v)`;
const iso = (column: string) => `concat(replace(${column}, ' ', 'T'), 'Z')`;

/** What the histories of the facts are asked, and plain SQL over their tables. */
export const historyQuestions: readonly Question[] = [
  {
    title: "The history of an order",
    example: "history-of-an-order",
    variables: (db) =>
      first(
        db,
        "select sales_order_id as id from sales_order_version group by 1 order by count(*) desc, 1 limit 1",
      ),
    sql: `select version_number, deleted = 1, units_sold, unit_price, units_sold * unit_price, ${iso("valid_from")}, ${iso("valid_to")},
        lead(sales_record_id) over (order by sales_record_id)
      from ${versionsOf("sales_order")} as h where sales_order_id = :id order by sales_record_id`,
    rows: (data) =>
      table(
        "salesRecord.0.facts.nodes",
        ...["versionNumber", "deleted", "unitsSold", "unitPrice", "amount"],
        ...["validFrom", "validTo", "supersededBy"],
      )(data).map((row) => row.map((value) => (typeof value === "boolean" ? Number(value) : value))),
  },
  {
    title: "Versions of sales per day",
    example: "versions-of-sales-per-day",
    variables: nothing,
    sql: `select date(valid_from) as d, count(*), count(distinct sales_order_id), sum(deleted) from sales_order_version
      group by d order by d`,
    rows: table("salesRecord", "validFromDate", "versions", "orders", "deletions"),
  },
  {
    title: "Versions of purchases by item",
    example: "versions-of-purchases-by-item",
    variables: nothing,
    sql: `select item_code, count(*) as n, count(distinct purchase_order_id), sum(deleted) from purchase_order_version
      group by 1 order by n desc, 1 limit 50`,
    rows: table("purchaseRecord", "itemCode", "versions", "orders", "deletions"),
  },
  {
    title: "Payments at a moment",
    example: "payments-at-a-moment",
    variables: nothing,
    sql: `select currency_id, payment_type_id, count(distinct payment_id), sum(payment_amount) from ${versionsOf("payment")} as h
      where valid_from <= '2030-01-01' and (valid_to is null or valid_to > '2030-01-01') and not deleted
      group by 1, 2 order by 1, 2`,
    rows: table("paymentRecord", "currencyId", "paymentTypeId", "payments", "amount"),
  },
];
