import { defineDomain } from "../../models/project.ts";
import * as models from "./models/index.ts";

/** An online shop's warehouse: its sales, orders and catalogue as facts and dimensions. */
export const softcart = defineDomain({
  name: "softcart",
  description: "Warehouse of an online shop: sales, orders, and the catalogue of its products.",
  uses: ["calendar"],
  models: Object.values(models),
  examples: "examples/softcart",
});
