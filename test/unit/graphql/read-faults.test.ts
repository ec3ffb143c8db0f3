import { expect, test } from "vitest";
import { isAway, nameSlowStore } from "../../../src/graphql/read-faults.ts";
import { plantCard } from "../../support/garden/models.ts";

test("a read that waited in vain is of a server that cannot answer, and not an internal error", () => {
  // What a node that is cut off says to a read that waits for its cluster (seen in the drill of a gateway's node).
  const error = Object.assign(new Error("Lock wait timeout exceeded; try restarting transaction"), {
    ...{ code: "ER_LOCK_WAIT_TIMEOUT", errno: 1205, sqlState: "HY000" },
  });
  expect(isAway(error)).toBe(true);
  expect(nameSlowStore(error, plantCard, "live")).toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  expect(isAway(Object.assign(error, { errno: 1146 }))).toBe(false);
});
