import { describe, expect, test } from "vitest";
import { average, count, countDistinct, defineCube, sum } from "../../../src/models/cube.ts";
import { date, decimal, int, string } from "../../../src/models/field.ts";
import type { CubeQuery } from "../../../src/stores/cube-store.ts";
import type { Filter } from "../../../src/stores/document-store.ts";
import { planRollUps, toRolledFilter } from "../../../src/stores/plan-roll-up.ts";

const filter = { filter: true } as const;
const cube = defineCube({
  name: "tea",
  typeName: "Tea",
  description: "Cups sold.",
  key: "cupId",
  fields: {
    cupId: int("Number."),
    kind: string("Kind of tea.", filter),
    shop: string("Shop.", filter),
    soldOn: date("Day.", filter),
    guest: int("Guest.", filter),
    price: decimal("Price.", 2, filter),
  },
  dimensions: ["kind", "shop", "soldOn", "guest"],
  measures: {
    money: sum("price", "Money."),
    cups: count("Cups."),
    guests: countDistinct("guest", "Guests."),
    perCup: average("money", "cups", 2, "Money per cup."),
    dear: count("Dear cups.", { where: { kind: { ne: "water" } } }),
  },
  rollups: [
    { by: ["soldOnMonth", "kind"], measures: ["money", "perCup"] },
    { by: ["soldOn", "shop"], measures: ["money"] },
    { by: ["soldOnWeek"], measures: ["cups"] },
    { by: ["guest", "shop"], measures: ["guests", "money"] },
  ],
});

const plain: CubeQuery = {
  sets: [["kind"]],
  measures: ["money"],
  where: null,
  having: null,
  orderBy: [],
  limit: 100,
  withTies: false,
};
const compare = (field: string, operator: string, value: string): Filter =>
  ({ kind: "compare", field, operator, value }) as Filter;
const byMonth = "tea_by_sold_on_month_kind";
const byDay = "tea_by_sold_on_shop";
const byGuest = "tea_by_guest_shop";

describe("the roll-ups that cover a question, in the order of the definition", () => {
  test.each<[title: string, query: Partial<CubeQuery>, rollUps: readonly string[]]>([
    ["one of its dimensions", {}, [byMonth]],
    ["no dimension at all: whatever holds the measure", { sets: [[]] }, [byMonth, byDay, byGuest]],
    ["a period of its period", { sets: [["soldOnQuarter"], ["soldOnYear"]] }, [byMonth, byDay]],
    ["a week is no part of a month", { sets: [["soldOnWeek"]] }, [byDay]],
    ["nor a month of weeks", { sets: [["soldOnMonth"]], measures: ["cups"] }, [byMonth]],
    ["a finer period", { sets: [["soldOn"]] }, [byDay]],
    ["sets of which one has more", { sets: [["kind"], ["shop"]] }, []],
    ["a measure that it lacks", { measures: ["dear"] }, []],
    ["an average whose parts it has", { measures: ["perCup"] }, [byMonth]],
    ["an average of which it lacks one", { sets: [["shop"]], measures: ["perCup"] }, []],
    ["a measure that only having asks", { having: compare("dear", "gt", "1") }, []],
    ["a measure that only the order asks", { orderBy: [{ field: "cups", direction: "asc" }] }, [byMonth]],
    ["a distinct count whose values it tells apart", { sets: [["shop"]], measures: ["guests"] }, [byGuest]],
    ["a filter on a dimension", { where: compare("kind", "startsWith", "E") }, [byMonth]],
    ["a filter on anything else", { where: compare("shop", "eq", "a") }, []],
    ["a range that is cut at months", { where: compare("soldOn", "gte", "2024-03-01") }, [byMonth]],
    ["a range that is not", { where: compare("soldOn", "gte", "2024-03-02") }, []],
    ["a filter on the key", { where: compare("cupId", "eq", "1") }, []],
  ])("%s", (_title, query, rollUps) => {
    expect(planRollUps(cube, { ...plain, ...query }).map(({ rollUp }) => rollUp.name)).toEqual(rollUps);
  });
});

test("the smallest comes first, as far as it is known how large they are", () => {
  const sizes = new Map([
    [byMonth, 900],
    [byDay, 30],
    [byGuest, 200],
  ]);
  const plans = planRollUps(cube, { ...plain, sets: [[]] }, ({ name }) => sizes.get(name));
  expect(plans.map(({ rollUp }) => rollUp.name)).toEqual([byDay, byGuest, byMonth]);
});

test("one of which it is not known how large it is comes after all others", () => {
  const sizes = new Map([
    [byMonth, 900],
    [byGuest, 200],
  ]);
  const plans = planRollUps(cube, { ...plain, sets: [[]] }, ({ name }) => sizes.get(name));
  expect(plans.map(({ rollUp }) => rollUp.name)).toEqual([byGuest, byMonth, byDay]);
});

describe("a condition on days as one on periods", () => {
  const by = (name: string) => [cube.cube.dimensions[name]].filter((one) => one !== undefined);
  test.each<[dimension: string, operator: string, value: string, expected: Filter | null]>([
    ["soldOnMonth", "lt", "2024-03-01", compare("soldOnMonth", "lt", "2024-03-01")],
    ["soldOnMonth", "lte", "2024-02-29", compare("soldOnMonth", "lt", "2024-03-01")],
    ["soldOnMonth", "lte", "2023-02-28", compare("soldOnMonth", "lt", "2023-03-01")],
    ["soldOnMonth", "lte", "2024-02-28", null],
    ["soldOnMonth", "lte", "2024-03-01", null],
    ["soldOnMonth", "gt", "2024-02-29", compare("soldOnMonth", "gte", "2024-03-01")],
    ["soldOnMonth", "gt", "2024-03-01", null],
    ["soldOnMonth", "eq", "2024-03-01", null],
    ["soldOnMonth", "ne", "2024-03-01", null],
    ["soldOnQuarter", "gte", "2024-04-01", compare("soldOnQuarter", "gte", "2024-04-01")],
    ["soldOnQuarter", "gte", "2024-05-01", null],
    ["soldOnYear", "lte", "2023-12-31", compare("soldOnYear", "lt", "2024-01-01")],
    ["soldOnYear", "lt", "2024-04-01", null],
    ["soldOnWeek", "gte", "2024-03-04", compare("soldOnWeek", "gte", "2024-03-04")],
    ["soldOnWeek", "gte", "2024-03-01", null],
    ["soldOnWeek", "lte", "2024-03-03", compare("soldOnWeek", "lt", "2024-03-04")],
    ["soldOnYear", "lte", "9999-12-31", null],
    ["soldOn", "eq", "2024-03-05", compare("soldOn", "eq", "2024-03-05")],
  ])("%s %s %s", (dimension, operator, value, expected) => {
    expect(toRolledFilter(by(dimension), compare("soldOn", operator, value))).toEqual(expected);
  });

  test("conditions that are joined or turned are, when each of them is; whether there is a day is the same of both", () => {
    const march = compare("soldOn", "gte", "2024-03-01");
    const rolled = compare("soldOnMonth", "gte", "2024-03-01");
    const month = by("soldOnMonth");
    expect(toRolledFilter(month, { kind: "not", filter: march })).toEqual({ kind: "not", filter: rolled });
    expect(toRolledFilter(month, { kind: "or", filters: [march, march] })).toEqual({
      kind: "or",
      filters: [rolled, rolled],
    });
    expect(
      toRolledFilter(month, { kind: "or", filters: [march, compare("soldOn", "eq", "2024-03-01")] }),
    ).toBeNull();
    expect(toRolledFilter(month, { kind: "isNull", field: "soldOn", isNull: true })).toEqual({
      kind: "isNull",
      field: "soldOnMonth",
      isNull: true,
    });
    expect(
      toRolledFilter(month, { kind: "in", field: "soldOn", negated: false, values: ["2024-03-01"] }),
    ).toBeNull();
  });
});
