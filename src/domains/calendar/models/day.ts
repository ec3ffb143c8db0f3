import { date, enumeration, int, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** All that a day is called; what is of it refers to it by its number. */
export const day = defineModel({
  name: "day",
  typeName: "Day",
  description: "A day of the calendar with its week, month, quarter and year.",
  key: "dateId",
  exportName: "dim_date",
  // Days in a row have neighbouring numbers: whoever looks for a month asks for a range of days.
  unindexed: ["year", "quarter", "month", "isoWeek", "weekday"],
  fields: {
    dateId: int("The day as a number: 20260131."),
    day: date("The day.", { filter: true }),
    year: int("Its year.", { filter: true }),
    quarter: int("Quarter of its year, 1 to 4.", { filter: true }),
    quarterName: enumeration("QuarterName", "A quarter of a year.", {
      Q1: "January to March.",
      Q2: "April to June.",
      Q3: "July to September.",
      Q4: "October to December.",
    }),
    month: int("Month of its year, 1 to 12.", { filter: true }),
    monthName: string("English name of its month: `January`."),
    dayOfMonth: int("Day of its month, 1 to 31."),
    isoYear: int("Year of its ISO week: that of the week's Thursday."),
    isoWeek: int("ISO 8601 week, 1 to 53; weeks begin on Monday.", { filter: true }),
    weekday: int("Day of its week, 1 (Monday) to 7 (Sunday).", { filter: true }),
    weekdayName: string("English name of the day: `Monday`."),
  },
});
