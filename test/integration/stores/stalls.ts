import fc from "fast-check";
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
import type { Fact } from "../../support/cube-oracle.ts";

const nullable = { filter: true, nullable: true } as const;
const money = { requires: ["currency"] } as const;
/** Sales of market stalls in several currencies, with all that can be null. */
export const stallsDefinition = {
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
  ...stallsDefinition,
  rollups: [
    {
      by: ["soldOn", "currency", "stall"],
      measures: ["sales", "items", "mostItems", "firstDay", "perSale", "tipOfA", "leastAmount", "mostTip"],
    },
    { by: ["soldOnMonth", "currency"], measures: ["sales", "amount", "mostTip", "items"] },
  ],
});
/** Those that a conversion changes; averages are of what it changes. */
export const moneyMeasures = ["amount", "tipOfA", "leastAmount", "mostTip"];

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

export const currencies = ["GBP", "EUR", "JPY"];
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 12 });
const day = fc.date({ min: new Date("2023-12-28"), max: new Date("2024-03-02"), noInvalidDate: true });
const decimals = (scale: number, most: number) =>
  fc.integer({ min: -most, max: most }).map((n) => (n / 10 ** scale).toFixed(scale));
export const stallFacts = fc
  .array(
    fc.record({
      stall: orNull(fc.constantFrom("a", "A", "b")),
      currency: fc.option(fc.constantFrom(...currencies), { freq: 60 }),
      soldOn: fc.option(
        day.map((moment) => moment.toISOString().slice(0, 10)),
        { freq: 60 },
      ),
      paidAt: orNull(day.map((moment) => moment.toISOString())),
      buyer: orNull(fc.integer({ min: 1, max: 4 })),
      items: orNull(fc.integer({ min: -3, max: 2 ** 31 - 1 })),
      amount: orNull(decimals(2, 999_999)),
      tip: orNull(decimals(3, 99_999)),
    }),
    { maxLength: 25 },
  )
  .map((rows): readonly Fact[] =>
    rows.map((row, saleId) => ({ saleId, ...row, ticket: ticketOf(row.soldOn, row.currency) })),
  );

/** Of one day and one currency, some of them none. */
function ticketOf(soldOn: string | null, currency: string | null): number | null {
  const number = Number((soldOn ?? "0").replaceAll("-", "")) * 10 + currencies.indexOf(currency ?? "") + 1;
  return number % 7 === 0 ? null : number % 1_000_000;
}

/** Rates with gaps; in one of three lists some rate is missing or zero. */
export const rates = fc
  .tuple(
    fc.uniqueArray(
      fc.record({
        currencyFrom: fc.constantFrom(...currencies),
        currencyTo: fc.constantFrom("GBP", "EUR"),
        date: day.map((moment) => moment.toISOString().slice(0, 10)),
        rate: fc.integer({ min: 1, max: 99_999_999 }).map((n) => (n / 1e6).toFixed(6)),
      }),
      { selector: (one) => `${one.currencyFrom}${one.currencyTo}${one.date}`, maxLength: 20 },
    ),
    fc.constantFrom("all", "all", "some", "zero"),
  )
  .map(([list, kind]): readonly Fact[] => {
    const first = currencies.flatMap((currencyFrom) =>
      ["GBP", "EUR"].map((currencyTo) => ({
        ...{ currencyFrom, currencyTo, date: "2023-12-01" },
        rate: kind === "zero" && currencyFrom === "JPY" ? "0.000000" : "1.234567",
      })),
    );
    return [...(kind === "some" ? [] : first), ...list].map((one, rateId) => ({ rateId, ...one }));
  });
