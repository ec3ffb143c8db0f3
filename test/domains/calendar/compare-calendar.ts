import {
  type Comparison,
  compareCollections,
  type Rows,
  readRows,
  toTexts,
} from "../../support/comparator.ts";

const months = "January February March April May June July August September October November December".split(
  " ",
);
const weekdays = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");

/** The documents of days, from nothing but the days: no generated column, no view. */
export function deriveDays(rows: Rows): ReadonlyMap<string, unknown> {
  return new Map(
    rows.map(({ day }) => {
      const [year = 0, month = 0, dayOfMonth = 0] = String(day).split("-").map(Number);
      const weekday = ((new Date(Date.UTC(year, month - 1, dayOfMonth)).getUTCDay() + 6) % 7) + 1;
      // The week is that of its Thursday.
      const thursday = new Date(Date.UTC(year, month - 1, dayOfMonth + 4 - weekday));
      const isoYear = thursday.getUTCFullYear();
      const isoWeek = 1 + Math.floor((thursday.getTime() - Date.UTC(isoYear, 0, 1)) / 86_400_000 / 7);
      const dateId = String(day).replaceAll("-", "");
      const quarter = Math.ceil(month / 3);
      return [
        dateId,
        toTexts({
          dateId,
          day: `${day}T00:00:00.000Z`,
          year,
          quarter,
          quarterName: `Q${quarter}`,
          month,
          monthName: months[month - 1],
          dayOfMonth,
          isoYear,
          isoWeek,
          weekday,
          weekdayName: weekdays[weekday - 1],
        }),
      ];
    }),
  );
}

/** The mirror of the calendar beside its days. */
export async function compareCalendar(mariadbUrl: string, mongodbUrl: string): Promise<Comparison> {
  const rows = await readRows(mariadbUrl, (all) => all("select day from dim_date"));
  return compareCollections(mongodbUrl, new Map([["day", { expected: deriveDays(rows), toPlain: toTexts }]]));
}
