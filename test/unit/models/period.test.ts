import { expect, test } from "vitest";
import { determines, periodsOfMoments } from "../../../src/models/period.ts";

test("a day says all that its periods say, and a period what those around it say", () => {
  const said = Object.fromEntries(
    [null, ...periodsOfMoments].map((one) => [
      one ?? "itself",
      periodsOfMoments.filter((other) => determines(one, other)),
    ]),
  );
  const ofDay = ["day", "week", "month", "quarter", "year", "weekday"];
  expect(said).toEqual({
    itself: ofDay,
    hour: ["hour"],
    day: ofDay,
    week: ["week"],
    month: ["month", "quarter", "year"],
    quarter: ["quarter", "year"],
    year: ["year"],
    weekday: ["weekday"],
  });
});
