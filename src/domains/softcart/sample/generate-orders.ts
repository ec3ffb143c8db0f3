import { createRandom } from "../../../models/sample-random.ts";

export const orderCategories = ["Electronics", "Books", "Toys", "Sports", "Software"] as const;

export const countries = (
  "Argentina,Australia,Austria,Azerbaijan,Belgium,Brazil,Bulgaria,Canada,Cyprus,Czech Republic,Denmark,Egypt," +
  "Estonia,Finland,France,Georgia,Germany,Greece,Hungary,India,Indonesia,Ireland,Israel,Italy,Japan,Jordan," +
  "Kuwait,Lebanon,Lithuania,Luxembourg,Malaysia,Mexico,Moldova,Morocco,Netherlands,New Zealand,Norway,Oman," +
  "Peru,Philippines,Poland,Portugal,Qatar,Russia,Saudi Arabia,Singapore,South Africa,South Korea,Spain,Sudan," +
  "Sweden,Switzerland,Taiwan,Tajikistan,Thailand,United States"
).split(",");

const dayLength = 86_400_000;
const toDay = (year: number, month: number, day: number): number =>
  Date.UTC(year, month - 1, day) / dayLength;

/** How many days three years have. */
const daysOf = (firstYear: number): number => toDay(firstYear + 3, 1, 1) - toDay(firstYear, 1, 1);

/**
 * Lines of DimDate.csv: the days of three years, counted from 1. Dirty: in the second and third year day and month are
 * swapped wherever that makes a day, and the last day of a quarter carries the next quarter.
 */
export function* generateDates(firstYear: number, clean: boolean): Generator<string> {
  yield "dateid,date,Year,Quarter,QuarterName,Month,Monthname,Day,Weekday,WeekdayName";
  for (let index = 0; index < daysOf(firstYear); index++) {
    const right = new Date((toDay(firstYear, 1, 1) + index) * dayLength);
    const [year, month, day] = [right.getUTCFullYear(), right.getUTCMonth() + 1, right.getUTCDate()];
    const isSwapped = !clean && year > firstYear && day <= 12;
    const date = isSwapped ? new Date(Date.UTC(year, day - 1, month)) : right;
    const isLastOfQuarter =
      !clean && month % 3 === 0 && new Date(right.getTime() + dayLength).getUTCDate() === 1;
    const quarter = Math.floor(date.getUTCMonth() / 3) + 1;
    const shown = isLastOfQuarter ? (quarter % 4) + 1 : quarter;
    yield [
      index + 1,
      date.toISOString().slice(0, 10),
      year,
      shown,
      `Q${shown}`,
      date.getUTCMonth() + 1,
      nameOf(date, "month"),
      date.getUTCDate(),
      ((date.getUTCDay() + 6) % 7) + 1,
      nameOf(date, "weekday"),
    ].join(",");
  }
}

const formats = {
  month: new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" }),
  weekday: new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" }),
};
const nameOf = (date: Date, part: keyof typeof formats): string => formats[part].format(date);

/** Lines of FactSales.csv: days, countries and categories at random, amounts from 8 to 8,000. */
export function* generateOrders(count: number, seed: number, firstYear: number): Generator<string> {
  const days = daysOf(firstYear);
  yield "orderid,dateid,countryid,categoryid,amount";
  for (let order = 1; order <= count; order++) {
    const random = createRandom(seed, 83, order);
    const cents = random.whole(800, 800_000);
    yield [
      order,
      random.whole(1, days),
      random.whole(1, countries.length),
      random.whole(1, orderCategories.length),
      (cents / 100).toFixed(2),
    ].join(",");
  }
}
