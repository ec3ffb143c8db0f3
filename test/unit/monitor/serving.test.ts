import { expect, test } from "vitest";
import { readServing } from "../../../src/monitor/mirror-gauges.ts";
import { plantCard } from "../../support/garden/models.ts";

/** What was measured of a mirror; `null`: MariaDB was never there. */
const measured = {
  ...{ position: 7n, incarnation: "a", lagMs: 0, pendingChanges: 0, isWhole: true, rejected: 0, asOf: 0 },
  ...{ isCurrent: true, unusable: null },
};

test.each([
  ["both stores are there", {}, true, null],
  ["the mirror is being rebuilt: live answers", { unusable: "its rebuild is running" }, true, null],
  ["MongoDB is away: live answers", {}, false, null],
  ["MariaDB is away: the mirror answers", { isCurrent: false }, true, null],
  ["both are away", { isCurrent: false }, false, "Neither MariaDB nor MongoDB can be reached."],
  [
    "MariaDB is away in a rebuild",
    { isCurrent: false, unusable: "its rebuild is running" },
    true,
    "MariaDB cannot be reached, and the mirror of plant_card: its rebuild is running.",
  ],
])("whether requests should be sent to a gateway: %s", async (_, more, isMongoReachable, reason) => {
  const meter = { of: async () => ({ ...measured, ...more }), status: async () => null };
  expect(await readServing({ models: [plantCard], meter, isMongoReachable: () => isMongoReachable })).toBe(
    reason,
  );
});
