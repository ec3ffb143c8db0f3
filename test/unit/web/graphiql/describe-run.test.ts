import { describe, expect, test } from "vitest";
import { createSchema } from "../../../../src/graphql/schema.ts";
import { type DescribedTable, describeRun } from "../../../../src/web/graphiql/describe-run.ts";
import { findTotals, readSetSizes } from "../../../../src/web/graphiql/find-totals.ts";
import { withoutTotals } from "../../../../src/web/graphiql/pick-chart.ts";
import { sumColumns } from "../../../../src/web/shared/table/order-rows.ts";
import project from "../../../../vitrine.config.ts";

const schema = createSchema(project);
const answered = { ms: 1, answeredAt: 0, askAgain: () => Promise.resolve() };
const cube = { dimensions: ["placedOnYear", "countryName"], measures: ["amount"], additive: ["amount"] };

function ask(
  query: string,
  data: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, unknown>> = {},
  operationName?: string,
): DescribedTable {
  const run = { ...answered, query, variables, operationName, answer: { data } };
  const [table] = describeRun(run, { schema, cubes: { OrderFactRow: cube } });
  if (!table) throw new Error("The answer holds no list.");
  return table;
}

const years = [
  { placedOnYear: "2020-01-01", amount: "10.00" },
  { placedOnYear: "2021-01-01", amount: "5.00" },
  { placedOnYear: null, amount: "15.00" },
];
const amounts = (levels: readonly number[], name = "level") =>
  levels.map((level) => ({ [name]: level, amount: "10.00" }));
/** The Σ below a table. */
const sum = (table: DescribedTable) =>
  sumColumns({ columns: table.columns, rows: withoutTotals(table) }, table.isAdditive).amount;

describe("The sum below rows of a cube", () => {
  test("is of rows that are grouped alike", () => {
    const orderFact = years.slice(0, 2);
    expect(sum(ask("{ orderFact(groupBy: [PLACED_ON_YEAR]) { placedOnYear amount } }", { orderFact }))).toBe(
      "15.00",
    );
  });

  test("leaves totals out by the level, whatever that is called, and is none where no row tells its level", () => {
    const query = (fields: string) => `{ orderFact(rollup: [PLACED_ON_YEAR]) { ${fields} } }`;
    expect(sum(ask(query("placedOnYear amount"), { orderFact: years }))).toBeUndefined();
    expect(sum(ask(query("level amount"), { orderFact: amounts([1, 1, 0]) }))).toBe("20.00");
    const aliased = ask(query("depth: level amount"), { orderFact: amounts([1, 1, 0], "depth") });
    expect(sum(aliased)).toBe("20.00");
    expect(aliased.level).toBe("depth");
    const other = { orderFact: years.map((row) => ({ ...row, level: row.amount })) };
    expect(sum(ask(query("placedOnYear amount level: amount"), other))).toBeUndefined();
  });

  test("is none where several grouping sets are equally deep, of those that are shown", () => {
    const query = (sets: string) => `{ orderFact(${sets}) { level amount } }`;
    const of = (sets: string, levels: readonly number[]) =>
      sum(ask(query(sets), { orderFact: amounts(levels) }));
    expect(of("groupingSets: [[PLACED_ON_YEAR], [COUNTRY_NAME]]", [1, 1])).toBeUndefined();
    expect(of("groupingSets: [[PLACED_ON_YEAR, COUNTRY_NAME], [COUNTRY_NAME]]", [2, 2, 1])).toBe("20.00");
    expect(of("cube: [PLACED_ON_YEAR, COUNTRY_NAME]", [2, 2, 1, 1, 0])).toBe("20.00");
    // The first ones of an order: the deepest set is not among them.
    expect(of("cube: [PLACED_ON_YEAR, COUNTRY_NAME], first: 3", [1, 1, 0])).toBeUndefined();
    expect(of("groupBy: [COUNTRY_NAME], rollup: [PLACED_ON_YEAR]", [2, 2, 1])).toBe("20.00");
  });

  test("knows grouping that is given by a variable, by its default, by a fragment, and by the operation that was run", () => {
    const query = `query A($sets: [OrderFactDimension!] = [PLACED_ON_YEAR]) { orderFact(rollup: $sets) { ...F } }
      query B { orderFact(groupBy: [PLACED_ON_YEAR]) { ...F } }
      fragment F on OrderFactRow { placedOnYear amount }`;
    expect(sum(ask(query, { orderFact: years }, {}, "A"))).toBeUndefined();
    expect(sum(ask(query, { orderFact: years.slice(0, 2) }, { sets: null }, "A"))).toBe("15.00");
    expect(sum(ask(query, { orderFact: years }, { sets: "PLACED_ON_YEAR" }, "A"))).toBeUndefined();
    expect(sum(ask(query, { orderFact: years.slice(0, 2) }, {}, "B"))).toBe("15.00");
  });

  test("is none of what stands around a list and is repeated for each of its items", () => {
    const query =
      "{ orderFact(groupBy: [PLACED_ON_YEAR]) { placedOnYear amount facts { nodes { orderId } } } }";
    const nodes = [{ orderId: 1 }, { orderId: 2 }];
    const run = { ...answered, query, variables: {}, operationName: undefined };
    const answer = {
      data: { orderFact: [{ placedOnYear: "2020-01-01", amount: "10.00", facts: { nodes } }] },
    };
    const tables = describeRun({ ...run, answer }, { schema, cubes: { OrderFactRow: cube } });
    expect(tables.map((table) => [table.path, sum(table)])).toEqual([
      ["orderFact", "10.00"],
      ["orderFact.facts.nodes", undefined],
    ]);
  });
});

test("rows of roll-ups tell totals from what they are totals of, ten thousand of them too", () => {
  const many = Array.from({ length: 10_000 }, (_, index) => ({ level: index % 3 }));
  expect(many.filter(findTotals(many, [2, 1, 0], "level").isTotal)).toHaveLength(6667);
  expect(many.filter(findTotals(many, [2], "level").isTotal)).toEqual([]);
});

test("grouping sets are those that the gateway makes of the arguments", () => {
  expect(readSetSizes({})).toEqual([0]);
  expect(readSetSizes({ groupBy: ["A", "B"] })).toEqual([2]);
  expect(readSetSizes({ groupBy: ["A"], rollup: ["A", "B"] })).toEqual([2, 1, 1]);
  expect([...readSetSizes({ cube: ["A", "B", "C"] })].sort()).toEqual([0, 1, 1, 1, 2, 2, 2, 3]);
  expect(readSetSizes({ groupBy: "A", groupingSets: [["B", "C"], "A"] })).toEqual([3, 1]);
});
