import fc from "fast-check";
import { expect, test } from "vitest";
import { keepFirst } from "../../../src/stores/keep-first.ts";

interface Item {
  readonly rank: number;
  readonly place: number;
}
const wanted = (left: Item, right: Item) => left.rank - right.rank;
const total = (left: Item, right: Item) => wanted(left, right) || left.place - right.place;

test("the first so many of any list are those of the sorted list, with whoever is level or without", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 4000, size: "max" }),
      fc.integer({ min: 0, max: 60 }),
      fc.boolean(),
      (ranks, limit, withTies) => {
        const items = ranks.map((rank, place) => ({ rank, place }));
        const first = keepFirst<Item>(limit, { wanted, total, withTies });
        for (const item of items) first.add(item);
        const sorted = items.toSorted(total);
        const last = sorted[limit - 1];
        const expected = sorted.filter(
          (item, index) => index < limit || (withTies && last !== undefined && item.rank === last.rank),
        );
        expect(first.all()).toEqual(expected);
      },
    ),
    { numRuns: 100 },
  );
});

test.each([false, true])("100,000 groups are not sorted for the sake of ten (with ties: %s)", (withTies) => {
  let comparisons = 0;
  const counted = (compare: typeof wanted) => (left: Item, right: Item) => {
    comparisons += 1;
    return compare(left, right);
  };
  const first = keepFirst<Item>(10, { wanted: counted(wanted), total: counted(total), withTies });
  // A walk through all of 0 … 99,999, in no order.
  for (let place = 0; place < 100_000; place += 1) first.add({ rank: (place * 48_271) % 100_003, place });
  expect(first.all().map(({ rank }) => rank)[0]).toBe(0);
  // Sorting them all takes 1.5 million.
  expect(comparisons).toBeLessThan(200_000);
});
