import { date, dateTime, int, link, string } from "../../../models/field.ts";

/** When a row of the back office was made and last changed, as every fact tells it. The time of a day sorts as a text. */
export const toldTimes = {
  createdAt: dateTime("When it was made.", { filter: true }),
  createdDate: date("Day on which it was made.", { filter: true }),
  createdTime: string("Time of that day: `14:20:52.186`."),
  createdDateId: int("That day as a number: 20260131."),
  lastUpdatedAt: dateTime("When it was last changed.", { filter: true }),
  lastUpdatedDate: date("Day on which it was last changed."),
  lastUpdatedTime: string("Time of that day: `14:20:52.186`."),
  lastUpdatedDateId: int("That day as a number: 20260131."),
} as const;

/** The days of those times. */
export const dayLinks = {
  createdDay: link("day", {
    key: "createdDateId",
    description: "The day on which it was made, with its week and month.",
  }),
  lastUpdatedDay: link("day", {
    key: "lastUpdatedDateId",
    description: "The day on which it was last changed.",
  }),
} as const;
