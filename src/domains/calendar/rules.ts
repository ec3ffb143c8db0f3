import type { Rule } from "../../models/procedure.ts";

/** What the calendar refuses, by `mysql_errno`; all have SQLSTATE 45000. */
export const calendarRules = {
  31001: {
    code: "DAY_OUTSIDE_CALENDAR",
    description: "A day is missing, is none of its month, or is not of the years 1583 to 2999.",
  },
  31002: { code: "TOO_MANY_DAYS", description: "More than 100,000 days are to be added at once." },
  31003: { code: "DAYS_REVERSED", description: "The first of the days to be added is after the last." },
} as const satisfies Readonly<Record<number, Rule>>;
