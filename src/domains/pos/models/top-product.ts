import { decimal, int, link, string } from "../../../models/field.ts";

/** What a ranking shows of a product: most revenue first, then the smaller product number. */
export const topProductFields = {
  productId: int("Product number."),
  name: string("Name of the product, as it is called today."),
  units: int("Pieces sold."),
  revenue: decimal("Sum of its lines, at the price paid, before tax.", 2),
  product: link("product_buyers", { key: "productId", description: "The product, with its buyers." }),
};
