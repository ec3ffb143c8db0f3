import type { Mutant } from "../mutant.ts";

export const questionMutants: readonly Mutant[] = [
  {
    trap: "A line that was loaded at 0 is taken for one without a price.",
    file: "sql/triggers/pos/orderline_after_insert.sql",
    find: "elseif new.unit_price = 0 and @pos_price_missing then",
    replace: "elseif new.unit_price = 0 then",
    test: "integration/pos/price-and-report-procedures.test.ts",
    named: "a line given away stays free",
  },
  {
    trap: "A line without a price is noted before it is known whether it is there already.",
    file: "sql/triggers/pos/orderline_before_insert.sql",
    find: "set @pos_price_missing = new.unit_price is null;",
    replace:
      "insert ignore into line_without_price (order_id, product_id) select new.order_id, new.product_id from dual where new.unit_price is null;",
    test: "integration/pos/price-and-report-procedures.test.ts",
    named: "a line given away stays free",
  },
  {
    trap: "The index that leads with the state is held to serve a city.",
    file: "sql/migrations/pos/0005-filter-indexes.sql",
    find: "create index if not exists city_city_ix on city (city);",
    replace: "",
    test: "integration/pos/indexes.test.ts",
    named: "products bought in a city",
  },
  {
    trap: "An index that no plan uses is paid by every sale.",
    file: "sql/migrations/pos/0005-filter-indexes.sql",
    find: "create index if not exists order_date_shipped_ix",
    replace:
      "create index if not exists order_subtotal_ix on `order` (subtotal);\ncreate index if not exists order_date_shipped_ix",
    test: "integration/pos/indexes.test.ts",
    named: "every index of the shop serves",
  },
  {
    trap: "A cancelled order makes everybody's last order older.",
    file: "sql/views/pos/customer_value.sql",
    find: "    where placed.status <> 'cancelled'\n) as newest;",
    replace: ") as newest;",
    test: "integration/pos/customer-segments.test.ts",
    named: "take no notice of a cancelled order",
  },
  {
    trap: "An example is offered with variables for which there is nothing to show.",
    file: "examples/pos/demand-of-a-state.graphql",
    find: '$before: Date! = "2100-01-01"',
    replace: '$before: Date! = "2000-01-01"',
    test: "integration/pos/questions.test.ts",
    named: "The example 'demand-of-a-state'",
  },
  {
    trap: "What a customer bought is separated by commas, which names may hold.",
    file: "sql/views/pos/v_customer_purchases.sql",
    find: "separator '|'",
    replace: "separator ','",
    test: "integration/pos/customer-views.test.ts",
    named: "v_customer_purchases lists",
  },
  {
    trap: "A document is exported under another name than its users know.",
    file: "src/domains/pos/models/state-sales.ts",
    find: 'exportName: "custom3"',
    replace: 'exportName: "custom4"',
    test: "integration/exports/export-models.test.ts",
    named: "state_sales goes into the file",
  },
];
