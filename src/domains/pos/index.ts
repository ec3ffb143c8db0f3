import { defineDomain } from "../../models/project.ts";
import { posAccess } from "./access.ts";
import { posImport } from "./import.ts";
import * as models from "./models/index.ts";
import { posProcedures } from "./procedures.ts";
import { posRules } from "./rules.ts";
import { generatePos } from "./sample/generate.ts";
import { samplePrices } from "./sample/sample-prices.ts";

/** A furniture retailer's point of sale: who bought what, when, where and at which price. */
export const pos = defineDomain({
  name: "pos",
  description: "Point of sale of a furniture retailer: customers, products, orders.",
  personal: {
    customer: ["first_name", "last_name", "email", "address1", "address2", "phone", "birthdate", "zip"],
    mv_customer_purchases: ["first_name", "last_name"],
    mv_product_buyers: ["entries", "buyers"],
  },
  models: Object.values(models),
  imports: { files: posImport },
  procedures: posProcedures,
  rules: posRules,
  generate: generatePos,
  afterSample: samplePrices,
  examples: "examples/pos",
  dashboards: "dashboards/pos",
  access: posAccess,
});
