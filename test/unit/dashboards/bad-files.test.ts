import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSchema } from "graphql";
import { beforeEach, describe, expect, test } from "vitest";
import { readChart } from "../../../src/dashboards/read-chart.ts";
import { readDashboards } from "../../../src/dashboards/read-dashboards.ts";

const schema = buildSchema(`
  scalar Date
  scalar DateTime
  scalar Decimal
  input DayFilter { gte: Date lt: Date }
  input TextFilter { eq: String }
  input SaleWhere { day: DayFilter state: TextFilter }
  type Place { state: String! city: String }
  type Sale { day: Date! money: Decimal! pieces: Int! place: Place tags: [String!]! }
  type SalePage { nodes: [Sale!]! totalCount: Int! }
  type Query { sales(where: SaleWhere, first: Int): [Sale!]! page: SalePage! today: Sale other: Sale }
  type Subscription { sold(where: SaleWhere): Sale! }
`);

const good = {
  title: "Good",
  filters: [
    { type: "period", name: "period", title: "Period" },
    {
      type: "choice",
      name: "state",
      title: "State",
      values: { operation: "states.graphql", column: "place.state" },
    },
  ],
  tiles: [
    {
      title: "Sales",
      operation: "sales.graphql",
      filters: { period: ["where.day.gte", "where.day.lt"], state: "where.state.eq" },
      live: { subscription: "sold.graphql" },
    },
  ],
};
const spec = {
  mark: "bar",
  encoding: { x: { field: "day", type: "temporal" }, y: { field: "money", type: "quantitative" } },
  usermeta: { units: { money: "USD", pieces: "pieces" } },
};

let dir: string;
const write = (name: string, content: unknown) =>
  writeFile(join(dir, "boards", name), typeof content === "string" ? content : JSON.stringify(content));
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vitrine-boards-"));
  await mkdir(join(dir, "boards"));
  await write(
    "sales.graphql",
    "query Sales($where: SaleWhere) { sales(where: $where) { day money pieces place { city } } }",
  );
  await write("sales.vl.json", spec);
  await write("states.graphql", "{ page { nodes { place { state } } totalCount } }");
  await write("sold.graphql", "subscription Sold($where: SaleWhere) { sold(where: $where) { day } }");
  await write("good.json", good);
  return () => rm(dir, { recursive: true });
});

const read = () =>
  readDashboards({ domains: [{ name: "shop", dashboards: "boards" } as never] }, dir, schema);
const problemsOf = async (change: (file: typeof good & Record<string, unknown>) => unknown) => {
  await write("bad.json", JSON.stringify(change(structuredClone(good))));
  const { dashboards, faults } = await read();
  // Whatever is wrong with it, the other one is shown.
  expect(dashboards.map(({ name }) => name)).toContain("shop-good");
  return faults.flatMap(({ file, problems }) => [file, ...problems]);
};
const tile = (change: object) => (file: typeof good) => ({
  ...file,
  tiles: [{ ...file.tiles[0], ...change }],
});

describe("A dashboard's file", () => {
  test("gives the page what it needs: rows, columns, units, places of filters and their types", async () => {
    const { dashboards, faults } = await read();
    expect(faults).toEqual([]);
    const [board] = dashboards;
    expect(board).toMatchObject({ name: "shop-good", domain: "shop" });
    expect(board?.filters[1]).toMatchObject({
      values: { rows: ["data", "page", "nodes"], column: "place.state" },
    });
    expect(board?.tiles[0]).toMatchObject({
      rows: ["data", "sales"],
      columns: [
        { name: "day", kind: "date" },
        { name: "money", kind: "decimal" },
        { name: "pieces", kind: "number" },
        { name: "place.city", kind: "text" },
      ],
      units: { money: "USD", pieces: "pieces" },
      filters: {
        period: [
          { path: ["where", "day", "gte"], type: "Date" },
          { path: ["where", "day", "lt"], type: "Date" },
        ],
        state: [{ path: ["where", "state", "eq"], type: "String" }],
      },
      live: { subscription: { variables: ["where"] }, everySeconds: 30 },
    });
  });

  test("with wrong fields is named with all of them, and the others are shown", async () => {
    expect(
      await problemsOf((file) => ({
        ...file,
        titel: "x",
        tiles: [{ ...file.tiles[0], size: "huge", colour: 1 }],
      })),
    ).toEqual([
      join("boards", "bad.json"),
      expect.stringMatching(/^tiles\.0\.size: .*small/),
      expect.stringMatching(/^tiles\.0: .*"colour"/),
      expect.stringMatching(/^file: .*"titel"/),
    ]);
    expect(await problemsOf(() => "not an object")).toHaveLength(2);
    await write("bad.json", "{ half");
    expect((await read()).faults[0]?.problems[0]).toMatch(/^is no JSON: /);
  });

  test.each([
    ["an operation that is not there", { operation: "gone.graphql" }, /gone\.graphql is not there/],
    ["a spec that is not there", { spec: "gone.vl.json" }, /gone\.vl\.json is not there/],
    ["a filter that the dashboard lacks", { filters: { year: "where.day.gte" } }, /has no filter "year"/],
    ["a filter with no such variable", { filters: { state: "wher.state" } }, /declares no variable \$wher/],
    ["a filter with no such place", { filters: { state: "where.stat.eq" } }, /SaleWhere has no field stat/],
    ["a filter on a whole object", { filters: { state: "where.state" } }, /is a TextFilter, no single value/],
    ["a period with one place", { filters: { period: "where.day.gte" } }, /needs two places/],
    [
      "a choice with two places",
      { filters: { state: ["where.day.gte", "where.day.lt"] } },
      /needs one place/,
    ],
    [
      "a fixed filter that it lacks",
      { filters: {}, fixed: { period: "today" } },
      /fixed: the tile has no filter/,
    ],
    ["a variable of the wrong type", { variables: { where: { day: 1, x: 2 } } }, /variables: .*"x"/],
    ["an unknown variable", { variables: { first: 1 } }, /declares no variable \$first/],
    ["a unit of no column", { units: { price: "USD" } }, /"price" is no column/],
    ["a unit in no column", { units: { money: { column: "currency" } } }, /"currency" is no column/],
    [
      "a unit in no variable",
      { units: { money: { variable: "currency" } } },
      /declares no variable \$currency/,
    ],
    [
      "a query that is a subscription",
      { operation: "sold.graphql" },
      /is a subscription, and must be a query/,
    ],
    ["a subscription that is a query", { live: { subscription: "sales.graphql" } }, /must be a subscription/],
  ])("with %s says so", async (_what, change, problem) => {
    const [file, ...problems] = await problemsOf(tile(change));
    expect(file).toBe(join("boards", "bad.json"));
    expect(problems.filter((text) => problem.test(text))).toHaveLength(1);
    expect(problems[0]).toMatch(/^tile "Sales": /);
  });

  test.each([
    ["a choice that may be left open", '$state: String = "TX"', "state: {eq: $state}", { state: "state" }],
    [
      "a place within it",
      '$where: SaleWhere = {state: {eq: "TX"}}',
      null,
      { period: ["where.day.gte", "where.day.lt"] },
    ],
  ])("that leaves a variable's default in force says so: %s", async (_what, declared, where, filters) => {
    const query = (variable: string) =>
      `query(${variable}) { sales(where: ${where === null ? "$where" : `{${where}}`}) { pieces } }`;
    const change = { operation: "own.graphql", units: { pieces: "pieces" }, live: undefined, filters };
    await write("own.graphql", query(declared));
    expect((await problemsOf(tile(change))).join("\n")).toMatch(/has a default/);
    await write("own.graphql", query(declared.replace(/ = .*/, "")));
    expect(await problemsOf(tile(change))).toEqual([]);
  });

  test("whose operation the schema does not take, or that asks for two things, says so", async () => {
    await write("wrong.graphql", "{ sales { dya pieces } }");
    expect((await problemsOf(tile({ operation: "wrong.graphql", filters: {} }))).join("\n")).toMatch(
      /wrong\.graphql: Cannot query field "dya"/,
    );
    await write("wrong.graphql", "{ today { day } other { day } }");
    expect((await problemsOf(tile({ operation: "wrong.graphql", filters: {} }))).join("\n")).toMatch(
      /asks for several things/,
    );
  });
});

describe("A chart beside an operation", () => {
  const query = "query($where: SaleWhere) { sales(where: $where) { day money pieces place { city } tags } }";
  const chart = (change: object) => readChart(schema, query, JSON.stringify({ ...spec, ...change }));

  test("fits when all that it reads is in the rows, or made by it", () => {
    const transform = [
      { fold: ["money", "pieces"], as: ["which", "amount"] },
      { calculate: "datum.amount * 2", as: "double" },
      { window: [{ op: "rank", as: "rank" }], sort: [{ field: "double" }] },
    ];
    const encoding = {
      x: { field: "place.city" },
      y: { field: "amount" },
      size: { aggregate: "count" },
      text: { field: "rank" },
    };
    expect(chart({ transform, encoding })).toMatchObject({
      rows: ["data", "sales"],
      units: { money: "USD" },
    });
  });

  test.each([
    [
      "reads a column that is not there",
      { encoding: { x: { field: "city" } } },
      /reads "city", which is no column/,
    ],
    ["folds one that is not there", { transform: [{ fold: ["mony"] }] }, /reads "mony"/],
    [
      "groups by one that is not there",
      { transform: [{ aggregate: [], groupby: ["stat"] }] },
      /reads "stat"/,
    ],
    [
      "brings rows of its own",
      { data: { url: "https://example.com/x.csv" } },
      /has "data": a spec is a picture/,
    ],
    ["leads elsewhere", { encoding: { href: { field: "day" } } }, /has "href"/],
    [
      "shows numbers without a unit",
      { usermeta: { units: { money: "USD" } } },
      /"pieces" is a number without a unit/,
    ],
  ])("that %s is refused", (_what, change, problem) => {
    expect((chart(change) as readonly string[]).join("\n")).toMatch(problem);
  });

  test("that is no object is refused", () => {
    expect(readChart(schema, query, "[]")).toEqual(["is no Vega-Lite spec"]);
    expect(readChart(schema, query, "{")).toEqual([expect.stringMatching(/^is no JSON/)]);
  });
});
