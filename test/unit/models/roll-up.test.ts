import { expect, test } from "vitest";
import { average, count, countDistinct, defineCube, sum } from "../../../src/models/cube.ts";
import { date, decimal, int, string } from "../../../src/models/field.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";
import { isRollUp, type RollUpDefinition } from "../../../src/models/roll-up.ts";

const filter = { filter: true } as const;
const letters = Array.from({ length: 12 }, (_, index) => `column${String.fromCharCode(65 + index)}`);
const defineSales = (
  rollups: readonly RollUpDefinition[],
  determinedBy: Readonly<Record<string, string>> = {},
) =>
  defineCube({
    name: "tea_sales",
    typeName: "TeaSales",
    description: "Cups sold.",
    key: "cupId",
    fields: {
      cupId: int("Number."),
      kind: string("Kind of tea.", { filter: true, nullable: true }),
      shop: string("Shop.", filter),
      soldOn: date("Day.", filter),
      guest: int("Guest.", filter),
      bill: int("Bill.", filter),
      price: decimal("Price.", 2, filter),
      ...Object.fromEntries(letters.map((name) => [name, string("A column.", filter)])),
    },
    dimensions: ["kind", "shop", "soldOn", "guest", ...(letters as "kind"[])],
    measures: {
      money: sum("price", "Money."),
      cups: count("Cups."),
      bills: countDistinct("bill", "Bills.", { within: ["shop", "soldOn"] }),
      guests: countDistinct("guest", "Guests."),
      perCup: average("money", "cups", 2, "Money per cup."),
      perGuest: average("money", "guests", 2, "Money per guest."),
    },
    determinedBy,
    rollups,
  });

test("a roll-up is a model whose documents are groups, with the measures that make up its own", () => {
  const cube = defineSales([{ by: ["soldOnMonth", "kind"], measures: ["perCup", "money"] }]);
  const [rollUp] = cube.cube.rollUps;
  expect(rollUp?.name).toBe("tea_sales_by_sold_on_month_kind");
  expect(Object.keys(rollUp?.fields ?? {})).toEqual(["groupId", "soldOnMonth", "kind", "money", "cups"]);
  expect(rollUp?.fields).toMatchObject({ kind: { nullable: true }, money: { kind: "decimal", scale: 2 } });
  expect(Object.keys(rollUp?.cube.dimensions ?? {})).toEqual([
    "kind",
    "soldOnMonth",
    "soldOnQuarter",
    "soldOnYear",
  ]);
  expect(Object.keys(rollUp?.cube.measures ?? {})).toEqual(["money", "cups", "perCup"]);
});

const determined = { kind: "guest", soldOn: "guest" };
test("a roll-up holds what follows from what it is by, with its periods, and its key does not", () => {
  const [rollUp] = defineSales([{ by: ["guest", "shop"], measures: ["cups"] }], determined).cube.rollUps;
  expect(Object.keys(rollUp?.fields ?? {})).toEqual(["groupId", "guest", "shop", "kind", "soldOn", "cups"]);
  expect(rollUp?.rollUp.by.map(({ name }) => name)).toEqual(["guest", "shop"]);
  expect(Object.keys(rollUp?.cube.dimensions ?? {})).toContain("soldOnYear");
  expect(rollUp?.unindexed).toEqual(["shop", "kind", "soldOn"]);
});

test.each<[title: string, determinedBy: Readonly<Record<string, string>>, problem: RegExp]>([
  ["what is no dimension", { guestName: "guest" }, /"guestName" follows from another and is no dimension/],
  ["a period", { soldOnMonth: "guest" }, /"soldOnMonth" follows from another and is no dimension itself/],
  ["from what is no dimension", { kind: "bill" }, /"kind" follows from "bill", which must be a dimension/],
  ["from what follows itself", { kind: "shop", shop: "guest" }, /"kind" follows from "shop", which must be/],
  ["from itself", { kind: "kind" }, /"kind" follows from "kind"/],
])("%s cannot follow from another dimension", (_title, determinedBy, problem) => {
  expect(() => defineSales([], determinedBy)).toThrow(problem);
});

test("what follows is not grouped by beside what it follows from", () => {
  const rollUps = [{ by: ["guest", "soldOnMonth"], measures: ["cups"] }];
  expect(() => defineSales(rollUps, determined)).toThrow(
    /"soldOnMonth" beside "guest", from which it follows/,
  );
});

test("it is a model of the cube's domain, once, and not of GraphQL", () => {
  const domain = {
    name: "tea",
    description: "Tea.",
    models: [defineSales([{ by: ["kind"], measures: ["cups"] }])],
  };
  const once = defineDomain(domain);
  expect(once.models.map(({ name }) => name)).toEqual(["tea_sales", "tea_sales_by_kind"]);
  expect(once.models.map(isRollUp)).toEqual([false, true]);
  expect(defineProject({ sql: "sql", domains: [once] }).domains[0]).toBe(once);
  expect(defineProject({ sql: "sql", domains: [domain] }).domains[0]?.models).toHaveLength(2);
});

test("its name must differ from those of all other models", () => {
  const cube = defineSales([{ by: ["kind"], measures: ["cups"] }]);
  const other = defineCube({
    name: "tea_sales_by_kind",
    typeName: "Other",
    description: "Another.",
    key: "id",
    fields: { id: int("Number."), kind: string("Kind.", filter) },
    dimensions: ["kind"],
    measures: { all: count("All.") },
  });
  const domain = { name: "tea", description: "Tea.", models: [cube, other] };
  expect(() => defineProject({ sql: "sql", domains: [domain] })).toThrow(
    /makes the model tea_sales_by_kind twice/,
  );
});

test.each<[title: string, rollups: readonly RollUpDefinition[], problem: RegExp]>([
  ["no dimension", [{ by: [], measures: ["cups"] }], /by nothing has no dimension/],
  ["no measure", [{ by: ["kind"], measures: [] }], /holds no measure/],
  [
    "a dimension that there is not",
    [{ by: ["colour"], measures: ["cups"] }],
    /"colour", which is no dimension/,
  ],
  [
    "what every object has",
    [{ by: ["constructor"], measures: ["cups"] }],
    /"constructor", which is no dimension/,
  ],
  ["a measure that there is not", [{ by: ["kind"], measures: ["tips"] }], /"tips", which is no measure/],
  ["a dimension twice", [{ by: ["kind", "kind"], measures: ["cups"] }], /names "kind" twice/],
  [
    "a period beside its days",
    [{ by: ["soldOn", "soldOnMonth"], measures: ["cups"] }],
    /"soldOnMonth" beside "soldOn", from which it follows/,
  ],
  [
    "the same roll-up twice",
    [
      { by: ["kind"], measures: ["cups"] },
      { by: ["kind"], measures: ["money"] },
    ],
    /two roll-ups are by kind/,
  ],
  [
    "a distinct count of values that are in several groups",
    [{ by: ["kind"], measures: ["guests"] }],
    /cannot hold "guests": one guest may be in several of its groups.*Add "guest" to its dimensions, or say in the measure's `within` that each has one kind/,
  ],
  [
    "a distinct count that one dimension only spreads",
    [{ by: ["shop", "kind"], measures: ["bills"] }],
    /cannot hold "bills": .*`within` that each has one kind;/,
  ],
  ["an average of such", [{ by: ["kind"], measures: ["perGuest"] }], /cannot hold "guests"/],
])("%s is refused, with the reason", (_title, rollups, problem) => {
  expect(() => defineSales(rollups)).toThrow(problem);
  expect(() => defineSales(rollups)).toThrow(/^Cube tea_sales: /);
});

test("a distinct count is held where it is exact: each value in one group, or the groups tell values apart", () => {
  const cube = defineSales([
    { by: ["soldOnMonth", "shop"], measures: ["bills"] },
    { by: ["kind", "guest"], measures: ["guests", "perGuest"] },
  ]);
  const [bills, guests] = cube.cube.rollUps.map((rollUp) => rollUp.cube.measures);
  expect(bills?.bills).toMatchObject({ kind: "sum", field: "bills" });
  expect(guests?.guests).toMatchObject({
    kind: "countDistinct",
    field: "guest",
    where: { guests: { eq: 1 } },
  });
});

test("twelve dimensions have a name that fits, and a hundred roll-ups a name each", () => {
  const [many] = defineSales([{ by: letters, measures: ["cups"] }]).cube.rollUps;
  expect(many?.name).toMatch(/^tea_sales_by_column_a_.*_[0-9a-f]{8}$/);
  expect(many?.name.length).toBe(56);
  const pairs = letters.flatMap((one) =>
    letters.filter((other) => other !== one).map((other) => [one, other]),
  );
  const hundred = defineSales(pairs.slice(0, 100).map((by) => ({ by, measures: ["cups"] }))).cube.rollUps;
  expect(new Set(hundred.map(({ name }) => name)).size).toBe(100);
});
