import {
  average,
  type CubeDefinition,
  count,
  countDistinct,
  defineCube,
  max,
  min,
  sum,
} from "../../../src/models/cube.ts";
import { date, dateTime, decimal, type Fields, int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

const nullable = { filter: true, nullable: true } as const;
const money = { requires: ["currency"] } as const;
/** Sales of market stalls in several currencies, with all that can be null. */
const definition = {
  name: "stall_sale",
  typeName: "StallSale",
  description: "Sales of stalls.",
  key: "saleId" as const,
  fields: {
    saleId: int("Number.", { filter: true }),
    stall: string("Stall.", nullable),
    currency: string("Currency.", nullable),
    soldOn: date("Day.", nullable),
    paidAt: dateTime("Moment.", nullable),
    buyer: int("Buyer.", nullable),
    ticket: int("Ticket of a day and a currency.", nullable),
    items: int("Things.", nullable),
    amount: decimal("Amount.", 2, nullable),
    tip: decimal("Tip.", 3, nullable),
  },
  dimensions: ["stall" as const, "currency" as const, "soldOn" as const, "paidAt" as const],
  measures: {
    sales: count("Sales."),
    items: sum("items", "Things."),
    mostItems: max("items", "Most things."),
    firstDay: min("soldOn", "First day."),
    buyers: countDistinct("buyer", "Buyers."),
    tickets: countDistinct("ticket", "Tickets.", { within: ["soldOn", "currency"] }),
    amount: sum("amount", "Amount.", money),
    tipOfA: sum("tip", "Tips of stall a.", { ...money, where: { stall: { eq: "a" } } }),
    leastAmount: min("amount", "Least amount.", money),
    mostTip: max("tip", "Greatest tip.", money),
    perSale: average("amount", "sales", 3, "Amount per sale."),
    perTicket: average("amount", "tickets", 2, "Amount per ticket."),
  },
  conversion: { currency: "currency", date: "soldOn", rates: "stall_rate", scale: 2 },
} satisfies CubeDefinition<Fields>;

export const stalls = defineCube({
  ...definition,
  rollups: [
    {
      by: ["soldOn", "currency", "stall"],
      measures: ["sales", "items", "mostItems", "firstDay", "perSale", "tipOfA", "leastAmount", "mostTip"],
    },
    { by: ["soldOnMonth", "currency"], measures: ["sales", "amount", "mostTip", "items"] },
  ],
});
export const stallRates = defineModel({
  name: "stall_rate",
  typeName: "StallRate",
  description: "Rates.",
  key: "rateId",
  fields: {
    rateId: int("Number."),
    currencyFrom: string("From.", { filter: true }),
    currencyTo: string("To.", { filter: true }),
    date: date("Day.", { filter: true }),
    rate: decimal("Rate.", 6),
  },
});
