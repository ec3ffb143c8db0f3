import { defineAccess } from "../../models/access.ts";

const days = { description: "Days are nobody's secret.", models: { day: true } } as const;

/** Who may see what of the calendar. */
export const calendarAccess = defineAccess({
  roles: {
    customer: days,
    support: days,
    analyst: days,
    admin: {
      description: "Who keeps the calendar: everything.",
      personal: "shown",
      models: "all",
      procedures: "all",
      runs: true,
    },
  },
});
