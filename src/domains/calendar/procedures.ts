import { date } from "../../models/field.ts";
import { defineProcedure } from "../../models/procedure.ts";

/** What the calendar offers through GraphQL. */
export const calendarProcedures = [
  defineProcedure({
    name: "add_days",
    description:
      "Adds all days between two to the calendar, unless they are there: 100,000 at most. Facts of a day that is missing add its year by themselves.",
    kind: "mutation",
    arguments: { first: date("First day."), last: date("Last day, included.") },
    result: {},
  }),
];
