import { defineDomain } from "../../models/project.ts";
import { softcartAccess } from "./access.ts";
import { softcartImports } from "./imports.ts";
import * as models from "./models/index.ts";
import { softcartRules } from "./rules.ts";
import { generateSoftcart } from "./sample/generate.ts";

/** An online shop's warehouse: its sales, orders and catalogue as facts and dimensions. */
export const softcart = defineDomain({
  name: "softcart",
  description: "Warehouse of an online shop: sales, orders, and the catalogue of its products.",
  uses: ["calendar"],
  models: Object.values(models),
  imports: softcartImports,
  generate: generateSoftcart,
  rules: softcartRules,
  examples: "examples/softcart",
  dashboards: "dashboards/softcart",
  access: softcartAccess,
});
