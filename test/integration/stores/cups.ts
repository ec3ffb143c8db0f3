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
import {
  bigint,
  date,
  dateTime,
  decimal,
  enumeration,
  type Fields,
  int,
  string,
} from "../../../src/models/field.ts";
import type { Filter } from "../../../src/stores/document-store.ts";
import type { Fact } from "../../support/cube-oracle.ts";

const nullable = { filter: true, nullable: true } as const;
const drunk = { where: { fate: { ne: "spilt" } } } as const;
const sweet = {
  where: { fate: { in: ["drunk", "half-drunk"] }, size: { notIn: [0, 1] }, tea: { eq: "tea" } },
} as const;
const priced = { where: { price: { isNull: false }, guest: { isNull: true } } } as const;
/** Facts with every kind of measure, all that can be null, and measures of some facts only. */
export const cupsDefinition = {
  name: "cup",
  typeName: "Cup",
  description: "Cups of tea.",
  key: "cupId" as const,
  fields: {
    cupId: int("Number.", { filter: true }),
    tea: string("Kind of tea.", nullable),
    size: int("Size.", nullable),
    soldOn: date("Day.", nullable),
    servedAt: dateTime("Moment.", nullable),
    serial: bigint("Number on the cup.", nullable),
    guest: int("Guest.", nullable),
    room: int("Room of the guest.", nullable),
    bill: int("Bill.", nullable),
    price: decimal("Price.", 3, nullable),
    sugar: int("Lumps.", nullable),
    fate: enumeration(
      "Fate",
      "What became of it.",
      { drunk: "Gone.", half: { text: "half-drunk", description: "Left." }, spilt: "On the floor." },
      nullable,
    ),
  },
  dimensions: ["tea" as const, "size" as const, "soldOn" as const, "fate" as const, "servedAt" as const],
  measures: {
    cups: count("Cups."),
    money: sum("price", "Money."),
    sugar: sum("sugar", "Lumps."),
    guests: countDistinct("guest", "Guests.", { within: "room" }),
    rooms: countDistinct("room", "Rooms."),
    bills: countDistinct("bill", "Bills."),
    perGuest: average("money", "guests", 2, "Money per guest."),
    perCup: average("sugar", "cups", 1, "Lumps per cup."),
    drunkCups: count("Cups not spilt.", drunk),
    drunkMoney: sum("price", "Money of cups not spilt.", drunk),
    drunkGuests: countDistinct("guest", "Guests who spilt not all.", { ...drunk, within: "room" }),
    drunkRooms: countDistinct("room", "Rooms of those.", drunk),
    perDrinker: average("drunkMoney", "drunkGuests", 2, "Money per guest who spilt not all."),
    cheapest: min("price", "Least price."),
    dearestDrunk: max("price", "Greatest price of cups not spilt.", drunk),
    leastSugar: min("sugar", "Least lumps."),
    lastSerial: max("serial", "Greatest number on a cup."),
    firstDay: min("soldOn", "First day."),
    lastSweet: max("servedAt", "Last moment of large cups of tea.", sweet),
    sweetSugar: sum("sugar", "Lumps of large cups of tea.", sweet),
    sweetBills: countDistinct("bill", "Bills of large cups of tea.", sweet),
    pricedCups: count("Cups of nobody that have a price.", priced),
    pricedMoney: sum("price", "Money of those.", priced),
    perPriced: average("pricedMoney", "pricedCups", 3, "Money per cup of those."),
  },
} satisfies CubeDefinition<Fields>;
export const cups = defineCube(cupsDefinition);
const dimensions = Object.keys(cups.cube.dimensions);
const measures = Object.keys(cups.cube.measures);

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 5 });
const teas = [
  ...["", "Earl Grey", "earl grey", "Grün", "Ä", "\u{1F375}", "\uFFFD", "tea ", "tea"],
  ...["tea\u0000", 'a"b', "a\\b", "a\n\t\u0001b", "</a>", "\u2028", "null", "%_"],
];
const day = fc.date({ min: new Date("2019-12-20"), max: new Date("2021-01-10"), noInvalidDate: true });
export const facts = fc
  .array(
    fc.record({
      tea: orNull(fc.constantFrom(...teas)),
      size: orNull(fc.integer({ min: -2, max: 2 })),
      soldOn: orNull(day.map((moment) => moment.toISOString().slice(0, 10))),
      servedAt: orNull(day.map((moment) => moment.toISOString())),
      serial: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
      guest: orNull(fc.integer({ min: 1, max: 4 })),
      bill: orNull(fc.integer({ min: 1, max: 8 })),
      price: orNull(fc.integer({ min: -99_999, max: 999_999 }).map((n) => (n / 1000).toFixed(3))),
      sugar: orNull(fc.integer({ min: -3, max: 2 ** 31 - 1 })),
      fate: orNull(fc.constantFrom("drunk", "half-drunk", "spilt")),
    }),
    { maxLength: 25 },
  )
  .map((rows): readonly Fact[] =>
    rows.map(({ guest, ...row }, cupId) => ({
      cupId,
      ...row,
      guest,
      // A guest has one room, or none that is known; a room may be known without its guest.
      room: guest === null ? row.size : guest === 4 ? null : guest % 2,
    })),
  );

/** A filter and what it means. */
interface Condition {
  readonly filter: Filter;
  readonly holds: (values: Readonly<Record<string, string | number | null>>) => boolean;
}
const compared = (field: string, value: string | number): Condition[] =>
  (["eq", "ne", "lt", "lte", "gt", "gte"] as const).map((operator) => ({
    filter: { kind: "compare", field, operator, value },
    holds: (values) => {
      const found = values[field] ?? null;
      if (found === null) return operator === "ne";
      const [a, b] =
        typeof value === "number" ? [Number(found), value] : [Buffer.from(`${found}`), Buffer.from(value)];
      const order = Buffer.isBuffer(a) ? Buffer.compare(a, b as Buffer) : a - Number(b);
      return {
        ...{ eq: order === 0, ne: order !== 0, lt: order < 0 },
        ...{ lte: order <= 0, gt: order > 0, gte: order >= 0 },
      }[operator];
    },
  }));
const among = (field: string, values: readonly (string | number)[]): Condition[] =>
  [false, true].map((negated) => ({
    filter: { kind: "in", field, negated, values },
    holds: (row) => values.includes(row[field] ?? Number.NaN) !== negated,
  }));
const combined = (leaves: readonly Condition[]): fc.Arbitrary<Condition | null> =>
  fc.option(
    fc.tuple(fc.constantFrom(...leaves), fc.constantFrom(...leaves), fc.constantFrom("and", "or", "not")).map(
      ([a, b, kind]): Condition =>
        kind === "not"
          ? { filter: { kind: "not", filter: a.filter }, holds: (v) => !a.holds(v) }
          : {
              filter: { kind: kind === "and" ? "and" : "or", filters: [a.filter, b.filter] },
              holds: (v) => (kind === "and" ? a.holds(v) && b.holds(v) : a.holds(v) || b.holds(v)),
            },
    ),
    { freq: 2 },
  );
const isNull = (field: string): Condition => ({
  filter: { kind: "isNull", field, isNull: true },
  holds: (values) => (values[field] ?? null) === null,
});
const where = combined([
  ...compared("tea", "earl grey"),
  ...compared("size", 0),
  ...compared("soldOn", "2020-06-30"),
  ...compared("soldOn", "2020-07-01"),
  ...compared("soldOn", "2020-12-31"),
  ...compared("soldOn", "2020-03-09"),
  ...compared("fate", "half-drunk"),
  ...compared("guest", 2),
  ...compared("servedAt", "2020-07-01T00:00:00.000Z"),
  ...among("tea", ["tea", "tea\u0000", "Ä", 'a"b']),
  ...among("size", [-1, 2]),
  ...among("soldOn", []),
  ...["price", "tea", "soldOn", "servedAt", "fate", "room"].map(isNull),
]);
const having = combined([
  ...compared("cups", 2),
  ...compared("guests", 1),
  ...compared("drunkCups", 0),
  ...compared("drunkGuests", 1),
  ...compared("firstDay", "2020-03-01"),
  ...compared("leastSugar", 0),
  isNull("lastSweet"),
  ...["money", "perGuest"].map(
    (field): Condition => ({
      filter: { kind: "compare", field, operator: "gte", value: "100.00" },
      holds: (values) => Number(values[field] ?? Number.NaN) >= 100,
    }),
  ),
  isNull("perGuest"),
]);

/** Questions by some dimensions. */
export const queryBy = (keys: readonly string[]) =>
  fc
    .record({
      sets: fc.array(fc.subarray([...keys], { maxLength: Math.min(keys.length, 3) }), {
        minLength: 1,
        maxLength: 4,
      }),
      measures: fc.subarray(measures),
      where,
      having,
      order: fc.array(fc.tuple(fc.nat(), fc.constantFrom("asc" as const, "desc" as const)), { maxLength: 2 }),
      limit: fc.constantFrom(0, 1, 3, 1000),
      withTies: fc.boolean(),
    })
    .map(({ order, ...rest }) => {
      const names = [...new Set([...rest.sets.flat(), ...measures])];
      const orderBy = order.map(([n, direction]) => ({
        field: names[n % names.length] ?? "cups",
        direction,
      }));
      return { ...rest, orderBy };
    });
export const query = queryBy(dimensions);
export type CupsQuestion = typeof query extends fc.Arbitrary<infer Question> ? Question : never;
