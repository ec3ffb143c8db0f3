import { expect, test } from "vitest";
import type { Conversion } from "../../../src/models/conversion.ts";
import { average, type CubeDefinition, count, defineCube, max, sum } from "../../../src/models/cube.ts";
import { date, dateTime, decimal, type Fields, int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { requiredBy } from "../../../src/models/required-dimensions.ts";
import { domainOf, projectOf } from "./definitions.ts";

const filter = { filter: true } as const;
const definition = {
  name: "sale",
  typeName: "Sale",
  description: "Sales.",
  key: "saleId" as const,
  fields: {
    saleId: int("Number."),
    currency: string("Currency.", filter),
    shop: int("Shop.", filter),
    soldOn: date("Day.", filter),
    paidAt: dateTime("Moment.", filter),
    price: decimal("Price.", 2, filter),
    cents: int("Price in cents.", filter),
  },
  dimensions: ["currency" as const, "shop" as const, "soldOn" as const, "paidAt" as const],
  measures: {
    sales: count("Sales."),
    amount: sum("price", "Amount.", { requires: ["currency"] }),
    dearest: max("price", "Greatest.", { requires: ["currency"] }),
    perSale: average("amount", "sales", 2, "Amount per sale."),
  },
} satisfies CubeDefinition<Fields>;
const conversion: Conversion = { currency: "currency", date: "soldOn", rates: "rate", scale: 2 };
const rateFields = {
  rateId: string("Key."),
  currencyFrom: string("From.", filter),
  currencyTo: string("To.", filter),
  date: date("Day.", filter),
  rate: decimal("Rate.", 6),
};
const ratesOf = (fields: Fields) =>
  defineModel({ name: "rate", typeName: "Rate", description: "Rates.", key: "rateId", fields });

test("an average requires what its parts require", () => {
  const { measures } = defineCube(definition).cube;
  expect(Object.keys(measures).map((name) => [name, requiredBy(measures, name)])).toEqual([
    ["sales", []],
    ["amount", ["currency"]],
    ["dearest", ["currency"]],
    ["perSale", ["currency"]],
  ]);
});

test.each([
  ["colour", 'Cube sale: "amount" requires "colour", which is no dimension of the cube.'],
  ["soldOnMonth", 'Cube sale: "amount" requires "soldOnMonth", which is a period.'],
])("what a measure requires is a dimension that is a field itself, not %s", (required, message) => {
  const measures = { amount: sum("price", "Amount.", { requires: [required] }) };
  expect(() => defineCube({ ...definition, measures })).toThrow(message);
});

test("a roll-up has the dimensions that its measures require", () => {
  const rolled = (by: readonly string[], measures: readonly string[]) =>
    defineCube({ ...definition, rollups: [{ by, measures }] }).cube.rollUps[0];
  for (const measure of ["amount", "dearest", "perSale"])
    expect(() => rolled(["shop"], [measure])).toThrow(
      /requires "currency".* Add "currency" to its dimensions/,
    );
  expect(rolled(["shop"], ["sales"])?.rollUp.measures).toEqual(["sales"]);
  const cube = rolled(["shop", "currency"], ["dearest", "perSale"])?.cube;
  expect(cube && Object.keys(cube.measures).map((name) => requiredBy(cube.measures, name))).toEqual([
    [],
    ["currency"],
    ["currency"],
    ["currency"],
  ]);
});

test("a roll-up by what a required dimension follows from has it too", () => {
  const rollups = [{ by: ["shop"], measures: ["amount"] }];
  const cube = defineCube({ ...definition, determinedBy: { currency: "shop" }, rollups });
  expect(cube.cube.rollUps[0]?.rollUp.determined.map(({ name }) => name)).toEqual(["currency"]);
});

test.each([
  [{ currency: "shop" }, 'currency "shop" must be a dimension of texts'],
  [{ currency: "colour" }, 'currency "colour" must be a dimension of texts'],
  [{ date: "soldOnMonth" }, 'date "soldOnMonth" must be a dimension of days'],
  [{ date: "paidAtHour" }, 'date "paidAtHour" must be a dimension of days'],
  [{ scale: 2.5 }, "scale must be 0 to 20, not 2.5"],
  [{ scale: -1 }, "scale must be 0 to 20, not -1"],
])("a conversion is of texts, by days, to so many digits: %j is refused", (wrong, message) => {
  expect(() => defineCube({ ...definition, conversion: { ...conversion, ...wrong } })).toThrow(message);
});

test("a conversion converts something, and decimals only", () => {
  const define = (measures: (typeof definition)["measures"] | Record<string, ReturnType<typeof sum>>) =>
    defineCube({ ...definition, measures, conversion });
  expect(() => define({ amount: sum("price", "Amount.") })).toThrow('no sum, min or max requires "currency"');
  expect(() => define({ cents: sum("cents", "Cents.", { requires: ["currency"] }) })).toThrow(
    '"cents" must be of a decimal field',
  );
  const byMoment = defineCube({ ...definition, conversion: { ...conversion, date: "paidAtDay" } });
  expect(byMoment.cube.conversion?.date).toBe("paidAtDay");
});

test("the rates are a model of the domain or of one it uses, with a pair, a day and a rate", () => {
  const cube = defineCube({ ...definition, conversion });
  const project = (...fields: readonly Fields[]) =>
    projectOf(domainOf("shop", { models: [cube, ...fields.map(ratesOf)] }));
  expect(() => project()).toThrow("Cube sale: its conversion leads to rate, which is no model");
  expect(project(rateFields).domains).toHaveLength(1);
  const wrong: readonly (readonly [Fields, string])[] = [
    [{ rate: int("Rate.") }, 'need a field "rate": decimal'],
    [{ rate: decimal("Rate.", 6, { nullable: true }) }, 'cannot have a "rate" that may be null'],
    [{ currencyTo: string("To.") }, 'need "currencyTo" as a filter'],
    [{ date: dateTime("Moment.", filter) }, 'need a field "date": date'],
  ];
  for (const [fields, message] of wrong)
    expect(() => project({ ...rateFields, ...fields })).toThrow(
      `Cube sale: the rates of its conversion, model rate, ${message}`,
    );
});
