import { defineAccess } from "../../models/access.ts";

const catalogue = { catalog: true, catalog_entry: true, category: true, item: true } as const;

/** Who may see what of the warehouse. */
export const softcartAccess = defineAccess({
  roles: {
    customer: { description: "Somebody who buys: the catalogue.", models: catalogue },
    support: {
      description: "Who answers customers: the catalogue, and every line that was sold.",
      models: {
        ...catalogue,
        country: true,
        total_sales_per_country: true,
        order_fact: { facts: true },
        ecommerce: { facts: true },
        sale: { facts: true },
      },
    },
    analyst: {
      description:
        "Who looks for what sells: totals, and of the tills' customers no group of fewer than five.",
      leastGroup: 5,
      models: {
        ...catalogue,
        country: true,
        total_sales_per_country: true,
        order_fact: true,
        ecommerce: true,
        sale: { except: ["customerId"] },
      },
    },
    admin: {
      description: "Who runs the warehouse: everything.",
      personal: "shown",
      models: "all",
      procedures: "all",
      runs: true,
    },
  },
});
