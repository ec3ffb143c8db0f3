import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readTestSeed } from "../../support/test-seed.ts";
import { emptyWarehouse, warehouseProject } from "../../support/warehouse.ts";

const seed = readTestSeed();

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: warehouseProject });
});
afterAll(() => database?.close());
beforeEach(() => emptyWarehouse(database.admin));

const query = (sql: string, values: readonly unknown[] = []) => database.admin.query(sql, [...values]);
const addDays = (first: string | null, last: string | null) => query("call add_days(?, ?)", [first, last]);
const countDays = async () => Number((await query("select count(*) as n from dim_date"))[0]?.n);

const dayLength = 86_400_000;
const namesOf = (part: "month" | "weekday") =>
  new Intl.DateTimeFormat("en", { [part]: "long", timeZone: "UTC" });
const names = { month: namesOf("month"), weekday: namesOf("weekday") };

/** A day as JavaScript's calendar has it; of ISO 8601 weeks the Thursday tells the year. */
function toDay(date: Date) {
  const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const weekday = ((date.getUTCDay() + 6) % 7) + 1;
  const thursday = new Date(date.getTime() + (4 - weekday) * dayLength);
  const isoYear = thursday.getUTCFullYear();
  const isoWeek = Math.floor((thursday.getTime() - Date.UTC(isoYear, 0)) / dayLength / 7) + 1;
  const quarter = Math.ceil(month / 3);
  return {
    date_id: year * 10_000 + month * 100 + dayOfMonth,
    day: date.toISOString().slice(0, 10),
    year,
    quarter,
    quarter_name: `Q${quarter}`,
    month,
    month_name: names.month.format(date),
    day_of_month: dayOfMonth,
    iso_year: isoYear,
    iso_week: isoWeek,
    weekday,
    weekday_name: names.weekday.format(date),
  };
}

const toDays = (first: string, last: string) =>
  Array.from({ length: (Date.parse(last) - Date.parse(first)) / dayLength + 1 }, (_, index) =>
    toDay(new Date(Date.parse(first) + index * dayLength)),
  );

describe("softcart.md: the conformed dim_date, one row per day, ISO weekday, week, month, quarter, names; validated", () => {
  test.each([
    ["1583-01-01", "1620-12-31"],
    ["1890-01-01", "2110-12-31"],
    ["2960-06-15", "2999-12-31"],
  ])(
    "from %s to %s it is what JavaScript says",
    async (first, last) => {
      await addDays(first, last);
      const [rows, days] = [await query("select * from dim_date order by date_id"), toDays(first, last)];
      // As texts: comparing a million values one by one takes a minute.
      const differing = days.findIndex((day, index) => JSON.stringify(day) !== JSON.stringify(rows[index]));
      expect([rows[differing], rows.length]).toEqual([days[differing], days.length]);
    },
    60_000,
  );

  test(`Any ranges, one upon the other, give the days of each once (seed ${seed})`, async () => {
    const range = fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 400 }));
    await fc.assert(
      fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 4 }), async (ranges) => {
        await emptyWarehouse(database.admin);
        const expected = new Set<string>();
        const dayOf = (n: number) =>
          new Date(Date.UTC(2018, 0, 1) + n * dayLength).toISOString().slice(0, 10);
        for (const [from, length] of ranges) {
          await addDays(dayOf(from), dayOf(from + length));
          for (let n = from; n <= from + length; n++) expected.add(dayOf(n));
        }
        const days = await query("select day from dim_date order by day");
        expect(days.map(({ day }) => day)).toEqual([...expected].sort());
      }),
      { seed, numRuns: 8 },
    );
  });

  test("A row that contradicts the calendar is refused by the table", async () => {
    await expect(
      query("insert into dim_date (date_id, day) values (20200102, '2020-02-01')"),
    ).rejects.toThrow("dim_date_date_id_ck");
  });

  test.each<[string, string | null, string | null, string]>([
    ["the year 0", "0000-01-01", "2020-01-01", "One of the days is a day outside the calendar"],
    ["0000-00-00", "0000-00-00", "2020-01-01", "One of the days is a day outside the calendar"],
    ["the year 9999", "2020-01-01", "9999-12-31", "One of the days is a day outside the calendar"],
    ["no day", null, "2020-01-01", "One of the days is a day outside the calendar"],
    ["a range of half a million days", "1583-01-01", "2999-12-31", "At most 100,000 days are added at once"],
    ["a range of 100,001 days", "2000-01-01", "2273-10-16", "At most 100,000 days are added at once"],
    ["a range that ends before it begins", "2020-01-02", "2020-01-01", "The first day is after the last"],
  ])("%s is refused with the reason", async (_, first, last, reason) => {
    await expect(addDays(first, last)).rejects.toThrow(reason);
    expect(await countDays()).toBe(0);
  });
});

describe("Days grow by themselves", () => {
  const insertItem = () => query("insert into dim_item (item_id, category, name) values (1, 'Toys', 'Ball')");
  const insertFact = (dateId: number) =>
    query("insert into fact_ecommerce (date_id, item_id, price) values (?, 1, 5)", [dateId]);

  test("A plain insert or update of a fact on a new day adds the year of that day", async () => {
    await insertItem();
    await insertFact(20240229);
    expect(await query("select min(day) as first, max(day) as last, count(*) as n from dim_date")).toEqual([
      { first: "2024-01-01", last: "2024-12-31", n: "366" },
    ]);
    await query("update fact_ecommerce set date_id = 20250301");
    expect(await countDays()).toBe(366 + 365);
    await query(
      "insert into softcart_sales (row_id, product_id, customer_id, price, quantity, sold_at) values (1, 2, 3, 4, 5, '2019-12-31 23:59:59.999')",
    );
    expect(await countDays()).toBe(366 + 365 + 365);
  });

  test.each([
    [20230229, "20230229 is a day that this month does not have."],
    [20231301, "20231301 is a day of no month."],
    [99991231, "99991231 is a day outside the calendar"],
    [101, "101 is a day outside the calendar"],
    [0, "0 is a day outside the calendar"],
    [-20200101, "-20200101 is a day outside the calendar"],
  ])("A fact of %i is refused with the reason, and adds no day", async (dateId, reason) => {
    await insertItem();
    await expect(insertFact(dateId)).rejects.toThrow(reason);
    expect(await countDays()).toBe(0);
  });

  test("Two sessions that need the same new year both get on", async () => {
    await insertItem();
    await database.admin.withConnection(async (one) => {
      await one.run("start transaction");
      await one.run("insert into fact_ecommerce (date_id, item_id, price) values (20300101, 1, 5)");
      const other = insertFact(20300601);
      await one.run("commit");
      await other;
    });
    expect(await countDays()).toBe(365);
    expect(await query("select date_id from fact_ecommerce order by 1")).toEqual([
      { date_id: 20300101 },
      { date_id: 20300601 },
    ]);
  });
});

describe("add_needed_days", () => {
  const needDays = (days: readonly number[]) => [
    "create or replace temporary table needed_day (date_id int not null, primary key (date_id))",
    `insert into needed_day (date_id) values ${days.map((day) => `(${day})`).join(", ")}`,
    "call add_needed_days()",
  ];

  test("ends where days are there that its transaction does not see", async () => {
    await database.admin.withConnection(async (connection) => {
      await connection.run("set session max_statement_time = 20");
      await connection.run("set transaction isolation level repeatable read");
      await connection.run("start transaction with consistent snapshot");
      await addDays("2020-01-01", "2020-12-31");
      for (const sql of needDays([20200105, 20200106, 20210301])) await connection.run(sql);
      await connection.run("commit");
      await connection.run("set session max_statement_time = default");
    });
    expect(await countDays()).toBe(366 + 365);
  });

  test("refuses a day that its month lacks, also beside good ones of its year", async () => {
    await database.admin.withConnection(async (connection) => {
      const [make, fill, call] = needDays([20210101, 20210229]);
      await connection.run(make ?? "");
      await connection.run(fill ?? "");
      await expect(connection.run(call ?? "")).rejects.toThrow(
        "20210229 is a day that this month does not have.",
      );
    });
  });
});
