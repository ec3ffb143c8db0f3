import { date, int, link, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** Answers "which products should be discontinued" by a filter: those without buyers. */
export const productDemand = defineModel({
  name: "product_demand",
  typeName: "ProductDemand",
  description: "How much a product is wanted: its buyers and the pieces sold.",
  key: "productId",
  fields: {
    productId: int("Product number."),
    name: string("Name of the product; two products may share one.", { filter: true }),
    buyers: int("Distinct customers who ordered it, cancelled orders included. 0: to be discontinued.", {
      filter: true,
    }),
    unitsSold: int("Pieces sold; cancelled orders left out."),
    lastOrderOn: date("Day of the newest order with it, UTC; null without orders.", {
      nullable: true,
      formerly: "lastOrderedOn",
    }),
    product: link("products", { key: "productId", description: "The product itself, with its stock." }),
    details: link("product_buyers", { key: "productId", description: "The product, with its buyers." }),
  },
});
