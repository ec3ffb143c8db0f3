import { bigint, date, dateTime, decimal, int, link, list, object, string } from "../../models/field.ts";
import { defineProcedure } from "../../models/procedure.ts";
import { orderStatus } from "./models/order-status.ts";

const order = link("order_details", { key: "orderId", description: "The order as it is now." });

/** What the counter and the shop systems do through GraphQL. */
export const posProcedures = [
  defineProcedure({
    name: "record_sale",
    description:
      "Places an order with all its lines at today's prices, or nothing: each piece must be in stock. Takes the pieces from the stock.",
    kind: "mutation",
    arguments: {
      customerId: int("Who buys."),
      lines: list(
        "What is bought, 1 to 1,000 lines; lines of one product are added up.",
        object("SaleLine", "Pieces of one product.", {
          productId: int("Product number."),
          quantity: int("How many pieces, 1 to 1,000,000."),
        }),
      ),
    },
    result: {
      orderId: int("Number of the new order."),
      subtotal: decimal("Sum of its lines, before tax.", 2),
      salesTax: decimal("Tax by the customer's zip.", 2),
      total: decimal("Subtotal and tax.", 2),
      order,
    },
  }),
  defineProcedure({
    name: "add_item",
    description:
      "Adds pieces of a product to an order that is not shipped, at today's price when the product is new there.",
    kind: "mutation",
    arguments: {
      orderId: int("Order number."),
      productId: int("Product number."),
      quantity: int("How many pieces more, 1 to 1,000,000."),
    },
    result: {
      quantity: int("Pieces of the product in the order now."),
      unitPrice: decimal("Price of one.", 2),
      lineTotal: decimal("Price of all.", 2),
      order,
    },
  }),
  defineProcedure({
    name: "cancel_order",
    description: "Cancels an order that is not shipped; its pieces go back to the stock.",
    kind: "mutation",
    arguments: { orderId: int("Order number.") },
    result: { status: orderStatus(), order },
  }),
  defineProcedure({
    name: "ship_order",
    description: "Notes that an order has left, now.",
    kind: "mutation",
    arguments: { orderId: int("Order number.") },
    result: { status: orderStatus(), dateShipped: dateTime("When it left, UTC."), order },
  }),
  defineProcedure({
    name: "update_price",
    description:
      "Sets the price of a product from now on; what was sold keeps its price. A change leaves one row of history.",
    kind: "mutation",
    arguments: { productId: int("Product number."), price: decimal("The new price, 0 or more.", 2) },
    result: {
      name: string("Name of the product."),
      currentPrice: decimal("The price now.", 2),
      product: link("product_buyers", { key: "productId", description: "The product with its buyers." }),
    },
  }),
  defineProcedure({
    name: "fill_unit_price",
    description:
      "Gives lines that were loaded without a price the price of their product today. A line that was given away, at 0, stays so.",
    kind: "mutation",
    arguments: {},
    result: { filled: int("How many lines had none.") },
  }),
  defineProcedure({
    name: "fill_order_total",
    description: "Computes subtotal and tax of every order anew: for data that was loaded without the rules.",
    kind: "mutation",
    arguments: {},
    result: { filled: int("How many orders had other totals.") },
  }),
  defineProcedure({
    name: "refresh_materialized_views",
    description:
      "Makes the lists of buyers and of purchases what their views are: for data that was loaded without the rules.",
    kind: "mutation",
    arguments: {},
    result: {},
  }),
  defineProcedure({
    name: "sales_report",
    description:
      "Pieces sold and money taken between two days, both included, before tax and without cancelled orders.",
    kind: "query",
    arguments: {
      from: date("First day, UTC."),
      to: date("Last day, UTC."),
      productId: int("One product; null: all.", { nullable: true }),
    },
    result: { quantitySold: bigint("Pieces sold."), totalAmount: decimal("Money taken.", 2) },
  }),
] as const;
