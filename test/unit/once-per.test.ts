import { expect, test } from "vitest";
import { oncePer } from "../../src/once-per.ts";

test("one object has one made of it, another of the same look its own", () => {
  let made = 0;
  const numberOf = oncePer((_of: object) => `number ${++made}`);
  const [first, second] = [{}, {}];
  expect([numberOf(first), numberOf(second), numberOf(first)]).toEqual(["number 1", "number 2", "number 1"]);
});

test("what could not be made is tried again", () => {
  let times = 0;
  const lengthOf = oncePer((of: readonly unknown[]) => {
    times += 1;
    if (times === 1) throw new Error("not yet");
    return of.length;
  });
  const list: readonly unknown[] = [];
  expect(() => lengthOf(list)).toThrow("not yet");
  expect([lengthOf(list), lengthOf(list), times]).toEqual([0, 0, 2]);
});
