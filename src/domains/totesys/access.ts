import { defineAccess } from "../../models/access.ts";

const dimensions = {
  dim_counterparty: true,
  dim_currency: true,
  dim_design: true,
  dim_location: true,
  dim_payment_type: true,
  dim_transaction: true,
} as const;

/** Who may see what of the back office. */
export const totesysAccess = defineAccess({
  roles: {
    customer: {
      description: "Somebody who buys: the designs.",
      models: { dim_design: { except: ["fileLocation", "fileName"] } },
    },
    support: {
      description: "Who answers companies: orders and payments as they stand, with their past.",
      models: {
        ...dimensions,
        fact_sales_order_current: { history: true },
        fact_purchase_order_current: { history: true },
        fact_payment_current: { history: true },
      },
    },
    analyst: {
      description:
        "Who looks for what sells: totals of sales, purchases and payments, and no member of the staff.",
      models: {
        ...dimensions,
        exchange_rate: true,
        fact_sales_order: { except: ["salesStaffId"] },
        fact_purchase_order: { except: ["staffId"] },
        fact_payment: true,
      },
    },
    admin: {
      description: "Who runs the back office: everything.",
      personal: "shown",
      models: "all",
      procedures: "all",
      runs: true,
    },
  },
});
