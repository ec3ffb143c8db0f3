import { expect, test } from "vitest";
import { mongodbDrills } from "../../cluster/mongodb-drills.ts";

test("a drill of MongoDB's set ends with nothing lost and nothing wrong", async () => {
  const drill = mongodbDrills.find(({ name }) => name.includes("does not know its successor"));
  const outcome = await drill?.run({ seed: 1, print: () => undefined, signal: new AbortController().signal });
  expect(outcome).toMatchObject({ lost: 0, wrong: 0 });
  expect(outcome?.documents).toBeGreaterThan(10);
});
