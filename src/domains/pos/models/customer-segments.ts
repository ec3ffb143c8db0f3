import { date, decimal, int, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

const score = (what: string) => int(`${what} Null for ALL.`, { nullable: true });

/**
 * Recency, frequency and monetary value of the customers, each scored 3 (best) to 1. Recency counts from the
 * newest order in the data that is not cancelled, never from today, so that the same data gives the same segments.
 */
export const customerSegments = defineModel({
  name: "customer_segments",
  typeName: "CustomerSegments",
  description:
    "Customers by how recently, how often and for how much they bought, and how many came back. Cancelled orders are left out.",
  key: "segment",
  every: "5s",
  batch: 50,
  fields: {
    segment: string("Scores in one word, R3F2M1, or ALL."),
    recency: score(
      "3: last order within 365 days of the newest in the data that is not cancelled; 2: within 1,095; 1: before.",
    ),
    frequency: score("3: five orders or more; 2: two to four; 1: one."),
    monetary: score("3: spent 5,000 or more; 2: 1,000 or more; 1: less."),
    customers: int("Customers with an order."),
    repeatCustomers: int("Customers with two orders or more."),
    repeatRate: decimal("Repeat customers in percent of customers; null without customers.", 2, {
      nullable: true,
    }),
    orders: int("Their orders."),
    revenue: decimal("What they spent, before tax.", 2),
    lastOrderFrom: date("Earliest day of a customer's last order.", { nullable: true }),
    lastOrderTo: date("Latest day of a customer's last order.", { nullable: true }),
  },
});
