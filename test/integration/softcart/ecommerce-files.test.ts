import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readTestSeed } from "../../support/test-seed.ts";
import { describeRejects, emptyWarehouse, importTexts, warehouseProject } from "../../support/warehouse.ts";

const seed = readTestSeed();

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: warehouseProject });
});
afterAll(() => database?.close());
beforeEach(() => emptyWarehouse(database.admin));

const header = "day,month,quarter,year,category,item,price";
const importLines = (lines: readonly string[], head = header) =>
  importTexts(database.admin, "ecommerce", { "ecommerce.csv": `${[head, ...lines].join("\n")}\n` });
const readFacts = () =>
  database.admin.query(
    "select date_id, category, name, price from fact_ecommerce join dim_item using (item_id) order by 1, 2, 3, 4",
  );
const readRejects = () => describeRejects(database.admin);

const ball = "29,2,1,2020,Toys,Ball,5";
const fact = { date_id: 20200229, category: "Toys", name: "Ball", price: "5.00" };

describe("softcart.md, ecommerce.csv", () => {
  test("day, month, quarter, year, category, item, price", async () => {
    await importLines([ball, "1,10,4,2021,Sports,Ball,7.5", "1,10,4,2021,Sports,Bat,7.50"]);
    expect(await readFacts()).toEqual([
      fact,
      { date_id: 20211001, category: "Sports", name: "Ball", price: "7.50" },
      { date_id: 20211001, category: "Sports", name: "Bat", price: "7.50" },
    ]);
    expect(await database.admin.query("select category, name from dim_item order by 1, 2")).toEqual([
      { category: "Sports", name: "Ball" },
      { category: "Sports", name: "Bat" },
      { category: "Toys", name: "Ball" },
    ]);
  });

  test("with columns in another order, stray blanks, months by name and quarters like Q1", async () => {
    await importLines(
      [" 5 , Ball,Toys,2020,Q1, FEBRUARY ,29"],
      "price, item, category, year, quarter, month, day",
    );
    expect(await readFacts()).toEqual([fact]);
    expect(await readRejects()).toEqual([]);
  });

  test("A quarter that is not the day's is reported, and the day is used", async () => {
    await importLines([ball.replace(",1,2020", ",2,2020")]);
    expect(await readFacts()).toEqual([fact]);
    expect(await readRejects()).toEqual([
      "warning ecommerce.csv:2 quarter: is not the quarter of the day, which is used",
    ]);
  });

  test("Equal lines are as many facts; the same file again changes nothing; the file with most of them counts", async () => {
    await importLines([ball, ball, ball]);
    expect(await readFacts()).toEqual([fact, fact, fact]);
    const summary = await importLines([ball, ball]);
    expect(summary.tables.filter(({ inserted }) => inserted > 0)).toEqual([]);
    expect(await readFacts()).toHaveLength(3);
    await importLines([ball, ball, ball, ball, ball]);
    expect(await readFacts()).toHaveLength(5);
  });

  test(`Any split that keeps equal lines together, in any order, repeated, ends in one state (seed ${seed})`, async () => {
    const line = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom("Ball", "Bat"),
      fc.integer({ min: 1, max: 2 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 20 }),
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 12, maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 }),
        async (drawn, partOf, repeats) => {
          const lines = drawn.map(([day, item, price]) => `${day},5,2,2021,Toys,${item},${price}`);
          const kinds = [...new Set(lines)];
          await emptyWarehouse(database.admin);
          await importLines(lines);
          const whole = await readFacts();
          expect(whole).toHaveLength(lines.length);
          await emptyWarehouse(database.admin);
          for (const part of [2, 0, 1, ...repeats]) {
            const piece = lines.filter((one) => partOf[kinds.indexOf(one)] === part);
            if (piece.length > 0) await importLines(piece);
          }
          expect(await readFacts()).toEqual(whole);
        },
      ),
      { seed, numRuns: 8 },
    );
  });
});

describe("Bad input", () => {
  test.each([
    ["a day that the month lacks", "29,2,1,2021,Toys,Ball,5", "day: is a day that this month does not have"],
    ["a day of no month", "1,13,1,2021,Toys,Ball,5", "day: is a day of no month"],
    [
      "a year outside the calendar",
      "1,1,1,9999,Toys,Ball,5",
      "day: is a day outside the calendar, which has the years 1583 to 2999",
    ],
    ["a year of two digits", "1,1,1,21,Toys,Ball,5", "year: is not a year of 4 digits"],
    [
      "a month of another language",
      "1,mai,1,2021,Toys,Ball,5",
      "month: is neither a number nor the name of a month",
    ],
    ["no category", "1,1,1,2021,,Ball,5", "category: is blank"],
    ["no item", "1,1,1,2021,Toys, ,5", "item: is blank"],
    ["a negative price", "1,1,1,2021,Toys,Ball,-5", "price: is not an amount with two decimals at most"],
    [
      "a price out of range",
      "1,1,1,2021,Toys,Ball,123456789",
      "price: has more than 8 digits before the decimals",
    ],
    ["a column more", "1,1,1,2021,Toys,Ball,5,5", "8 columns instead of 7"],
  ])("%s costs its line only", async (_, line, reason) => {
    expect(await importLines([ball, line])).toMatchObject({ rejects: 1 });
    expect(await readRejects()).toEqual([`reject ecommerce.csv:3 ${reason}`]);
    expect(await readFacts()).toEqual([fact]);
  });

  test("A last line that may be cut is refused: no id could correct it", async () => {
    const text = `${header}\n${ball}\n1,1,1,2021,Toys,Ball,286.81`;
    await importTexts(database.admin, "ecommerce", { "ecommerce.csv": text.slice(0, -4) });
    expect(await readFacts()).toEqual([fact]);
    await importTexts(database.admin, "ecommerce", { "ecommerce.csv": `${text}\n` });
    expect(await readFacts()).toEqual([
      fact,
      { date_id: 20210101, category: "Toys", name: "Ball", price: "286.81" },
    ]);
  });

  test.each([
    ["an empty file", "", "the file is empty"],
    ["no header", `${ball}\n`, "the header lacks"],
    ["a cut file", `${header}\n${ball}\n1,1,1`, "ends in the middle of line 3"],
    ["another dialect", `${header.replaceAll(",", "\t")}\n`, "the header lacks"],
  ])("%s imports nothing", async (_, text, message) => {
    await expect(importTexts(database.admin, "ecommerce", { "ecommerce.csv": text })).rejects.toMatchObject({
      code: "IMPORT_INPUT",
      message: expect.stringContaining(message),
    });
  });
});
