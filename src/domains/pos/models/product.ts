import { decimal, int, link, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** Is it there, and what does it cost? The reports of a product are behind links. */
export const product = defineModel({
  name: "products",
  typeName: "Product",
  description: "A product as it is: its price, and how many are there.",
  key: "productId",
  // Every sale writes the stock of what it sells, and there are few products to look through.
  unindexed: ["stock"],
  fields: {
    productId: int("Product number."),
    name: string("What it is called; two products may share a name.", { filter: true }),
    currentPrice: decimal("Price of one piece today. What was paid is on the orders.", 2, { filter: true }),
    stock: int("Pieces that are there to be sold.", { filter: true }),
    demand: link("product_demand", { key: "productId", description: "How much it is wanted." }),
    buyers: link("product_buyers", { key: "productId", description: "Everybody who ordered it." }),
    priceHistory: link("product_price_history", {
      key: "productId",
      description: "Every change of its price.",
    }),
  },
});
