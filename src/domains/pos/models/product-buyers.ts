import { decimal, int, link, list, object, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/**
 * Every product with the customers who ordered it. Whom to tell of a recall is another question: a cancelled order
 * was never delivered, so the example recall-a-product asks the cube.
 */
export const productBuyers = defineModel({
  name: "product_buyers",
  typeName: "ProductBuyers",
  description:
    "A product with everybody who ever ordered it, cancelled orders included. No buyers: a product to discontinue. For a recall, which leaves cancelled orders out, group sales by customer.",
  key: "productId",
  exportName: "prod",
  fields: {
    productId: int("Product number."),
    name: string("Name of the product; two products may share one.", { filter: true }),
    currentPrice: decimal("Price of one piece today. What was paid is on the orders.", 2, { filter: true }),
    buyers: list(
      "Customers who ordered it at least once, each once, by customer number. Empty when nobody did.",
      object("ProductBuyer", "A customer who ordered the product.", {
        customerId: int("Customer number."),
        name: string("First and last name.", { pii: true }),
        customer: link("customer_orders", {
          key: "customerId",
          description: "The customer, with all of its orders.",
        }),
      }),
      { expected: 200 },
    ),
    product: link("products", { key: "productId", description: "The product itself, with its stock." }),
  },
});
