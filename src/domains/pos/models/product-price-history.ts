import { dateTime, decimal, int, link, list, object, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** How the price of a product came to be what it is. */
export const productPriceHistory = defineModel({
  name: "product_price_history",
  typeName: "ProductPriceHistory",
  description: "A product with every change of its price.",
  key: "productId",
  exportName: "custom1",
  fields: {
    productId: int("Product number."),
    name: string("Name of the product; two products may share one.", { filter: true }),
    changes: list(
      "Oldest first; empty when the price never changed.",
      object("PriceChange", "One change of a price.", {
        old: decimal("Price before.", 2),
        new: decimal("Price after.", 2),
        at: dateTime("When it changed, UTC."),
        delta: decimal("New less old: negative when the product became cheaper.", 2),
      }),
    ),
    changeCount: int("How often the price changed.", { filter: true }),
    product: link("product_buyers", { key: "productId", description: "The product, with its buyers." }),
  },
});
