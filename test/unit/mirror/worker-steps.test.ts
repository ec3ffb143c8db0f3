import { expect, test } from "vitest";
import {
  afterChanges,
  chooseLeaves,
  chooseStep,
  firstState,
  restMs,
  type WorkerState,
} from "../../../src/mirror/lanes/worker-steps.ts";

const rebuild = { from: 7n, cursor: null };
const state = (more: Partial<WorkerState> = {}): WorkerState => ({
  ...firstState,
  hasChanges: false,
  sweptAt: 10_000,
  ...more,
});

test.each([
  ["at the start it asks what there is", state({ sweptAt: Number.NEGATIVE_INFINITY }), { do: "sweep" }],
  ["and every second, whatever is queued", state({ sweptAt: 9_500, hasChanges: true }), { do: "sweep" }],
  ["with nothing to do it rests", state({ sweptAt: 9_000 }), { do: "rest" }],
  ["but not for ever", state({ sweptAt: -19_500 }), { do: "sweep" }],
  ["changes are read at once", state({ hasChanges: true }), { do: "read", changes: true }],
  [
    "those of a paced model when they are due",
    state({ hasChanges: true, nextChangesAt: 10_501 }),
    { do: "rest" },
  ],
  [
    "a rebuild goes on meanwhile",
    state({ hasChanges: true, nextChangesAt: 10_501, rebuild }),
    { do: "read", changes: false },
  ],
  ["and beside changes", state({ hasChanges: true, rebuild }), { do: "read", changes: true }],
])("%s", (_, before, step) => {
  expect(chooseStep(before, 10_500)).toEqual(step);
});

test.each([
  ["until it asks again, unless it is woken", state(), 29_500],
  ["until changes are due", state({ hasChanges: true, nextChangesAt: 10_700 }), 200],
  ["no less than a millisecond", state({ hasChanges: true, nextChangesAt: 10_500 }), 1],
])("it rests %s", (_, before, ms) => {
  expect(restMs(before, 10_500)).toBe(ms);
});

test.each([
  ["a read that left nothing", { hasMore: false, isEmpty: false }, 11_500, false],
  ["not one that left more", { hasMore: true, isEmpty: false }, 3, true],
  ["nor one that found nothing", { hasMore: false, isEmpty: true }, 3, false],
])("the pace counts from %s", (_, read, nextChangesAt, hasChanges) => {
  const after = afterChanges(state({ hasChanges: true, nextChangesAt: 3 }), read, 10_500, 1000);
  expect(after).toMatchObject({ nextChangesAt, hasChanges, sweptAt: 10_000 });
});

test("a rebuild takes long, and what took long before", () => {
  expect(chooseLeaves(state({ rebuild }), false)).toBe(2);
  expect(chooseLeaves(state({ readMs: 101 }), false)).toBe(1);
  expect(chooseLeaves(state({ readMs: 100 }), false)).toBe(0);
  expect(chooseLeaves(state(), true)).toBe(1);
});
