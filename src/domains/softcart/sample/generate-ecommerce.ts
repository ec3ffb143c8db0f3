import { createRandom } from "../../../models/sample-random.ts";

/** What is sold: two categories have an item of one name. */
const items = {
  Electronics: ["Headphones", "Keyboard", "Laptop", "Monitor", "Mouse", "Speaker"],
  Books: ["Atlas", "Cookbook", "Dictionary", "Novel"],
  Toys: ["Ball", "Blocks", "Doll", "Kite", "Puzzle"],
  Sports: ["Ball", "Bat", "Helmet", "Racket", "Tent"],
  Software: ["Antivirus", "Editor", "Office", "Photo"],
} as const;
const goods = Object.entries(items)
  .flatMap(([category, names]) => names.map((item) => ({ category, item })))
  .map((good, number) => ({ ...good, number }));

const dayLength = 86_400_000;

/** Lines of ecommerce.csv over three years. They have no ids, and some are equal. */
export function* generateEcommerce(count: number, seed: number, firstYear: number): Generator<string> {
  const start = Date.UTC(firstYear, 0);
  const days = (Date.UTC(firstYear + 3, 0) - start) / dayLength;
  yield "day,month,quarter,year,category,item,price";
  for (let line = 0; line < count; line++) {
    const random = createRandom(seed, 85, line);
    const date = new Date(start + random.whole(0, days - 1) * dayLength);
    const { category, item, number } = random.pick(goods);
    // Three prices an item.
    const cents = createRandom(seed, 86, number).whole(500, 90_000) + 250 * random.whole(0, 2);
    yield [
      date.getUTCDate(),
      date.getUTCMonth() + 1,
      Math.floor(date.getUTCMonth() / 3) + 1,
      date.getUTCFullYear(),
      category,
      item,
      (cents / 100).toFixed(2),
    ].join(",");
  }
}
