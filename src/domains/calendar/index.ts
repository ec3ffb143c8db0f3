import { defineDomain } from "../../models/project.ts";
import { calendarAccess } from "./access.ts";
import * as models from "./models/index.ts";
import { calendarProcedures } from "./procedures.ts";
import { calendarRules } from "./rules.ts";

/** The days that facts are of, for domains that build on it. */
export const calendar = defineDomain({
  name: "calendar",
  description: "The calendar: days with their weeks, months, quarters and years.",
  models: Object.values(models),
  procedures: calendarProcedures,
  rules: calendarRules,
  examples: "examples/calendar",
  access: calendarAccess,
});
