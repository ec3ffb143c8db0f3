import { calendar } from "../../../src/domains/calendar/index.ts";
import type { TestedDomain } from "../../support/tested-domains.ts";
import { calendarOperation, prepareCalendar } from "./calendar-operations.ts";
import { compareCalendar } from "./compare-calendar.ts";

export const tested: TestedDomain = {
  domain: calendar,
  contents: { prepare: prepareCalendar, compare: compareCalendar },
  operation: calendarOperation,
};
