import type { ImportDefinition } from "../../models/import-definition.ts";

/** The five files of the shop; ids, dates and prices are text until the procedures have judged them. */
export const posImport: ImportDefinition = {
  files: [
    {
      file: "customers.csv",
      staging: "staging_customer",
      columns: {
        ID: "id",
        FN: "first_name",
        LN: "last_name",
        CT: "city",
        ST: "state",
        ZP: "zip",
        S1: "street1",
        S2: "street2",
        EM: "email",
        BD: "birthdate",
      },
    },
    {
      file: "orders.csv",
      staging: "staging_order",
      columns: { OID: "id", CID: "customer_id", Ordered: "ordered", Shipped: "shipped" },
    },
    {
      file: "orderlines.csv",
      staging: "staging_orderline",
      columns: { OID: "order_id", PID: "product_id" },
    },
    {
      file: "products.csv",
      staging: "staging_product",
      columns: { ID: "id", Name: "name", Price: "price", "Quantity on Hand": "quantity" },
    },
    {
      file: "TAXRATES.csv",
      staging: "staging_sales_tax",
      columns: {
        State: "state",
        ZipCode: "zip",
        TaxRegionName: "tax_region_name",
        EstimatedCombinedRate: "combined_rate",
        StateRate: "state_rate",
        EstimatedCountyRate: "county_rate",
        EstimatedCityRate: "city_rate",
        EstimatedSpecialRate: "special_rate",
        RiskLevel: "risk_level",
      },
    },
  ],
  procedures: [
    "judge_sales_tax",
    "import_sales_tax",
    "import_products",
    "judge_customers",
    "count_customer_blanks",
    "import_cities",
    "import_customers",
    "judge_orders",
    "clean_orders",
    "count_order_blanks",
    "judge_orderlines",
    "compare_orderlines",
    "keep_orders",
    "total_orders",
    "import_orders",
    "import_orderlines",
    "import_taxes",
    "import_purchases",
    "note_oddities",
  ],
};
