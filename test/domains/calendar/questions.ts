import { first, type Question, table } from "../../integration/pos/question.ts";

/** What the calendar is asked, and plain SQL that derives the answer from the days alone. */
export const calendarQuestions: readonly Question[] = [
  {
    title: "Days of a month, with their ISO weeks",
    example: "days-of-a-month",
    variables: async (db) =>
      first(
        db,
        `select concat(max(year), '-12-01') as \`from\`, concat(max(year) + 1, '-01-01') as below from dim_date`,
      ),
    sql: `select date_format(day, '%Y%m%d'), day, concat('Q', quarter(day)), monthname(day), yearweek(day, 3) div 100,
        yearweek(day, 3) % 100, weekday(day) + 1, dayname(day)
      from dim_date where day >= :from and day < :below order by day`,
    rows: table(
      "dayConnection.nodes",
      "dateId",
      "day",
      "quarterName",
      "monthName",
      "isoYear",
      "isoWeek",
      "weekday",
      "weekdayName",
    ),
  },
];
