import fc from "fast-check";
import type { Queryable } from "../../../src/stores/mariadb/mariadb.ts";
import type { Operation } from "../../support/soundness.ts";

export const days = ["2019-12-31", "2020-02-29", "2020-12-28", "2021-01-03", "2021-01-04"] as const;
export const dateIdOf = (day: string): number => Number(day.replaceAll("-", ""));

/** Days at the turns of years, where ISO weeks belong to another year. */
export async function prepareCalendar(db: Queryable): Promise<void> {
  await db.run("insert ignore into dim_date (date_id, day) values ?", [
    days.map((day) => [dateIdOf(day), day]),
  ]);
}

const day = fc.constantFrom(...days, "2024-02-29", "2025-03-01");

/** Any write that the calendar allows: all that a day is called follows from it. */
export const calendarOperation: fc.Arbitrary<Operation> = fc.oneof(
  day.map((one) => ({
    sql: "insert into dim_date (date_id, day) values (?, ?)",
    values: [dateIdOf(one), one],
  })),
  fc.tuple(day, day).map(([from, to]) => ({
    sql: "update dim_date set date_id = ?, day = ? where date_id = ?",
    values: [dateIdOf(to), to, dateIdOf(from)],
  })),
  day.map((one) => ({ sql: "delete from dim_date where date_id = ?", values: [dateIdOf(one)] })),
);
