import type { CsvFormat, ImportDefinition } from "../../models/import-definition.ts";

/** As the till writes it: fields only, at times with their names before. */
const withoutHeader: CsvFormat = { kind: "csv", header: "maybe", trim: true };
const withHeader: CsvFormat = { kind: "csv", header: true, trim: true };

const saleColumns = {
  product_id: "product_id",
  customer_id: "customer_id",
  price: "price",
  quantity: "quantity",
};
const timeColumn = { timestamp: "sold_at" };
const idColumn = { rowid: "row_id" };

/** Sales, with row ids and without: whichever of the files are there. */
const sales: ImportDefinition = {
  files: [
    {
      file: "oltpdata.csv",
      format: withoutHeader,
      optional: true,
      staging: "staging_oltpdata",
      columns: { ...saleColumns, ...timeColumn },
    },
    {
      file: "sales_olddata.csv",
      format: withoutHeader,
      optional: true,
      staging: "staging_sales_olddata",
      columns: { ...idColumn, ...saleColumns, ...timeColumn },
    },
    {
      file: "sales_newdata.csv",
      format: withoutHeader,
      optional: true,
      staging: "staging_sales_newdata",
      columns: { ...idColumn, ...saleColumns },
    },
    {
      file: "sales.csv",
      format: withHeader,
      optional: true,
      staging: "staging_sales",
      columns: { ...idColumn, ...saleColumns, ...timeColumn },
    },
  ],
  procedures: [
    "collect_sales",
    "judge_sales",
    "clean_sales",
    "return_sale_faults",
    "group_sales",
    "know_sales",
    "recall_sales",
    "match_sales",
    "compare_sales",
    "number_sales",
    "import_sales",
  ],
};

/** The catalogue: one JSON object a line. */
const catalog: ImportDefinition = {
  files: [
    {
      file: "catalog.json",
      format: { kind: "ndjson" },
      staging: "staging_catalog",
      columns: {
        "product id": "product_id",
        type: "kind",
        brand: "brand",
        model: "model",
        "screen size": "screen_size",
        ram: "ram",
        "hard disk": "hard_disk",
        resolution: "resolution",
      },
    },
  ],
  procedures: ["judge_catalog", "import_catalog"],
};

/** Orders with the dimensions of their source. Those that are there already need not come again. */
const orders: ImportDefinition = {
  files: [
    {
      file: "DimDate.csv",
      format: withHeader,
      optional: true,
      staging: "staging_dim_date",
      columns: {
        dateid: "source_date_id",
        date: "day",
        Year: "year",
        Quarter: "quarter",
        QuarterName: "quarter_name",
        Month: "month",
        Monthname: "month_name",
        Day: "day_of_month",
        Weekday: "weekday",
        WeekdayName: "weekday_name",
      },
    },
    {
      file: "DimCategory.csv",
      format: withHeader,
      optional: true,
      staging: "staging_dim_category",
      columns: { categoryid: "category_id", category: "name" },
    },
    {
      file: "DimCountry.csv",
      format: withHeader,
      optional: true,
      staging: "staging_dim_country",
      columns: { countryid: "country_id", country: "name" },
    },
    {
      file: "FactSales.csv",
      format: withHeader,
      optional: true,
      staging: "staging_fact_orders",
      columns: {
        orderid: "order_id",
        dateid: "source_date_id",
        countryid: "country_id",
        categoryid: "category_id",
        amount: "amount",
      },
    },
  ],
  procedures: [
    "judge_source_dates",
    "import_source_dates",
    "note_false_dates",
    "import_dim_category",
    "import_dim_country",
    "judge_fact_orders",
    "compare_fact_orders",
    "import_fact_orders",
  ],
};

/** What was sold on the web: lines without ids. */
const ecommerce: ImportDefinition = {
  files: [
    {
      file: "ecommerce.csv",
      format: withHeader,
      staging: "staging_ecommerce",
      columns: {
        day: "day_of_month",
        month: "month",
        quarter: "quarter",
        year: "year",
        category: "category",
        item: "item",
        price: "price",
      },
    },
  ],
  procedures: ["judge_ecommerce", "import_dim_item", "compare_ecommerce", "import_ecommerce"],
};

/** The files of the warehouse, in four sets. */
export const softcartImports = { sales, catalog, orders, ecommerce };
