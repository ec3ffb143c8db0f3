import { printType } from "graphql";
import { expect, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import { readCubeQuestion } from "../../../src/graphql/cube-conversion.ts";
import type { ReadPlan } from "../../../src/graphql/reads.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { type CubeDefinition, defineCube, sum } from "../../../src/models/cube.ts";
import { date, decimal, enumeration, type Fields, int } from "../../../src/models/field.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";
import type { CubeRow } from "../../../src/stores/cube-store.ts";
import { stallRates, stalls } from "../../support/market/models.ts";
import market from "../../support/market/vitrine.config.ts";

test("the schema says what a measure keeps apart, and how money converts", () => {
  const schema = createSchema(market);
  const row = schema.getType("StallSaleRow");
  expect(row && printType(row)).toContain(
    "Amount per sale. Of one currency at a time: grouped by, or narrowed to one.",
  );
  const [argument] =
    schema
      .getQueryType()
      ?.getFields()
      .stallSale?.args.filter(({ name }) => name === "convertTo") ?? [];
  expect(String(argument?.type)).toBe("String");
  expect(argument?.description).toMatch(
    /^Show money of StallSale in this currency: each fact by the rate of its soldOn in stall_rate/,
  );
});

test("a currency of a closed set is asked for by its names; a cube without conversion has no such argument", () => {
  const definition = {
    name: "sale",
    typeName: "Sale",
    description: "Sales.",
    key: "saleId" as const,
    fields: {
      saleId: int("Number."),
      money: enumeration(
        "Money",
        "Currencies.",
        { gbp: { text: "GBP", description: "Pounds." } },
        { filter: true },
      ),
      soldOn: date("Day.", { filter: true }),
      amount: decimal("Amount.", 2, { filter: true }),
    },
    dimensions: ["money" as const, "soldOn" as const],
    measures: { amount: sum("amount", "Amount.", { requires: ["money"] }) },
  } satisfies CubeDefinition<Fields>;
  const conversion = { currency: "money", date: "soldOn", rates: "stall_rate", scale: 2 };
  const argumentsOf = (cube: ReturnType<typeof defineCube>) => {
    const domain = defineDomain({ name: "shop", description: "A shop.", models: [cube, stallRates] });
    const schema = createSchema(defineProject({ sql: "sql", domains: [domain] }));
    const args = schema.getQueryType()?.getFields().sale?.args ?? [];
    return args.filter(({ name }) => name === "convertTo").map(({ type }) => String(type));
  };
  expect(argumentsOf(defineCube({ ...definition, conversion }))).toEqual(["Money"]);
  expect(argumentsOf(defineCube(definition))).toEqual([]);
});

test("more parts than a store puts together are told as what they are of, other errors as they are", async () => {
  const selected = { names: new Set(["amount"]), windows: [], places: new Map() };
  const { asked, answer } = readCubeQuestion(stalls, { convertTo: "GBP" }, selected, [stallRates]);
  expect(asked.sets).toEqual([["currency", "soldOn"]]);
  const nobody = {} as Parameters<typeof answer>[0]; // asked for rates only, when there are parts that need one
  const failing = (code: "LIMIT_EXCEEDED" | "QUERY_TIMEOUT") => () =>
    answer(nobody, () => Promise.reject(new VitrineError(code, "As it came.")));
  await expect(failing("LIMIT_EXCEEDED")).rejects.toMatchObject({
    code: "LIMIT_EXCEEDED",
    message:
      "convertTo: what each currency and day adds to each group is more than 100000 parts. Group by fewer dimensions, or narrow it with `where`.",
  });
  await expect(failing("QUERY_TIMEOUT")).rejects.toMatchObject({ message: "As it came." });
});

test("money of the currency itself asks for no rates, and is put together only as long as somebody waits", async () => {
  const args = { groupBy: ["stall"], convertTo: "GBP", first: 10_000 };
  const selected = { names: new Set(["amount"]), windows: [], places: new Map() };
  const { asked, answer } = readCubeQuestion(stalls, args, selected, [stallRates]);
  const [groupedBy = []] = asked.sets;
  const parts = (many: number): readonly CubeRow[] =>
    Array.from({ length: many }, (_, n) => ({
      groupedBy,
      values: { stall: `s${n}`, currency: "GBP", soldOn: "2024-01-02", amount: "1.00" },
    }));
  const planOf = (signal: AbortSignal): ReadPlan => {
    const refuse = (): never => {
      throw new Error("Nothing is asked for.");
    };
    return { signal, read: refuse, load: refuse, spend: refuse, call: refuse };
  };
  const rows = await answer(planOf(new AbortController().signal), async () => parts(1));
  expect(rows.map(({ values }) => values)).toMatchObject([{ stall: "s0", amount: "1.00" }]);
  const gone = planOf(AbortSignal.abort(new Error("Nobody waits.")));
  await expect(answer(gone, async () => parts(90_000))).rejects.toThrow("Nobody waits.");
});
