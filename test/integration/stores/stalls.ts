import fc from "fast-check";
import type { Fact } from "../../support/cube-oracle.ts";

/** Those that a conversion changes; averages are of what it changes. */
export const moneyMeasures = ["amount", "tipOfA", "leastAmount", "mostTip"];

const currencies = ["GBP", "EUR", "JPY"];
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
