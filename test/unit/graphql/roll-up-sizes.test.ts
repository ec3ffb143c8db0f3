import { expect, test } from "vitest";
import { sales } from "../../../src/domains/pos/models/sales.ts";
import { createRollUpSizes } from "../../../src/graphql/roll-up-sizes.ts";

test("a size is counted aside, at most once a minute, and kept when it cannot be", async () => {
  let now = 0;
  const counts: (number | Error)[] = [70, new Error("away"), 90];
  let asked = 0;
  const sizeOf = createRollUpSizes(
    async () => {
      const found = counts[asked];
      asked += 1;
      if (typeof found !== "number") throw found;
      return found;
    },
    () => now,
  );
  const [rollUp] = sales.cube.rollUps;
  if (!rollUp) throw new Error("The cube has no roll-up.");
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  expect(sizeOf(rollUp)).toBeUndefined();
  await settle();
  now = 59_999;
  expect([sizeOf(rollUp), asked]).toEqual([70, 1]);
  now = 60_000;
  expect(sizeOf(rollUp)).toBe(70);
  await settle();
  expect([sizeOf(rollUp), asked]).toEqual([70, 2]);
  now = 120_000;
  sizeOf(rollUp);
  await settle();
  expect([sizeOf(rollUp), asked]).toEqual([90, 3]);
});
