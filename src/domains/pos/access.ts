import { claim, defineAccess } from "../../models/access.ts";

/** The rows of a customer: who asks says who they are. */
const own = { customerId: { eq: claim("customer_id") } } as const;

/** Who may see what of the shop. */
export const posAccess = defineAccess({
  roles: {
    customer: {
      description: "Somebody who buys: the goods, and what they have ordered themselves.",
      personal: "shown",
      models: {
        customers: { where: own },
        customer_addresses: { where: own },
        customer_orders: { where: own },
        orders: { where: own },
        products: { except: ["stock"] },
        sales: { where: own, except: ["customerId", "customers"] },
      },
      procedures: { record_sale: { arguments: { customerId: claim("customer_id") } } },
    },
    support: {
      description: "Who answers customers: their orders with the past, and how to recognise them.",
      // Enough to compare with what a caller says; of every model alike, as links lead from one to the other.
      personal: { mask: "last4" },
      models: {
        customers: true,
        customer_orders: { history: true },
        orders: { history: true },
        order_details: { history: true },
        order_checks: true,
        pending_shipments: true,
        products: true,
        product_demand: true,
        product_price_history: { history: true },
      },
      procedures: { add_item: true, cancel_order: true, ship_order: true },
    },
    analyst: {
      description: "Who looks for what sells: no person, and no group of fewer than five.",
      leastGroup: 5,
      models: {
        // What a few facts could be picked out by is no condition; what was cancelled is of people whom nobody counts.
        sales: { except: ["orderId", "customerId", "zip", "bookedRevenue", "bookedUnits"] },
        products: true,
        product_price_history: true,
      },
    },
    admin: {
      description: "Who runs the shop: everything.",
      personal: "shown",
      models: "all",
      procedures: "all",
      runs: true,
    },
  },
});
