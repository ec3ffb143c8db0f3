import type { Mutant } from "../mutant.ts";

export const toolMutants: readonly Mutant[] = [
  {
    trap: "A lone carriage return ends a record of a CSV file.",
    file: "src/exports/encode-csv.ts",
    find: "quoted_match: /^$|[\\r\\n]/",
    replace: "quoted_match: /^$/",
    test: "unit/exports/encode-documents.test.ts",
    named: "quotes a cell with the line end",
  },
  {
    trap: "A spreadsheet runs a customer's name as a formula.",
    file: "src/exports/encode-csv.ts",
    find: "if (/^[=+\\-@",
    replace: "if (/^never[=+\\-@",
    test: "unit/exports/encode-documents.test.ts",
    named: "is no formula",
  },
  {
    trap: "Plain NDJSON has decimals as texts.",
    file: "src/exports/encode-json.ts",
    find: 'kind === "int" || kind === "bigint" || kind === "decimal"',
    replace: 'kind === "int"',
    test: "unit/exports/encode-documents.test.ts",
    named: "is plain JSON",
  },
  {
    trap: "A checkout with CRLF is an edited migration for whoever applied it there before.",
    file: "src/migrations/migration-plan.ts",
    find: " || file.formerHashes.includes(row.hash)",
    replace: "",
    test: "integration/migrations/checkouts.test.ts",
    named: "is not edited",
  },
  {
    trap: "A client with safe updates cannot rename a product.",
    file: "sql/triggers/pos/product_after_update.sql",
    find: "        set statement sql_safe_updates = 0 for\n",
    replace: "",
    test: "integration/pos/safe-updates.test.ts",
    named: "may update product",
  },
  {
    trap: "The sample's lines are all paid at today's price.",
    file: "src/domains/pos/sample/sample-prices.ts",
    find: "set l.unit_price = s.old_price",
    replace: "set l.unit_price = s.new_price",
    test: "integration/pos/sample.test.ts",
    named: "was paid at the price of its day",
  },
];
