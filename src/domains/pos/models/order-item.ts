import { decimal, int, link, string } from "../../../models/field.ts";

/** What an order line shows in every document that lists it: the price paid, not today's. */
export const orderItemFields = {
  productId: int("Product number."),
  name: string("Name of the product, as it is called today."),
  quantity: int("Pieces sold, 1 or more."),
  unitPrice: decimal("Price paid for one piece. Later price changes leave it alone.", 2),
  lineTotal: decimal("Quantity × price paid, before tax.", 2),
  product: link("product_buyers", { key: "productId", description: "The product, with its buyers." }),
};
