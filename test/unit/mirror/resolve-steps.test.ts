import { describe, expect, test } from "vitest";
import {
  afterCycle,
  afterPause,
  afterSweep,
  choosePoll,
  firstState,
  isAwaited,
  isCycleDue,
  isMarkDue,
} from "../../../src/mirror/resolve/resolve-steps.ts";

const read = { position: 9n, changeIds: ["3", "4"], isFull: false, isExhausted: false };

describe("the head of the log", () => {
  const slow = { ...afterSweep({ ...firstState, hint: "70" }, 5000, 21) };
  test.each([
    ["is read each time as long as that is quick", afterSweep(slow, 5000, 20), 5001, "0"],
    ["is skipped when it is slow", slow, 5999, "70"],
    ["but for a second only", slow, 6000, "0"],
  ])("%s", (_, state, now, after) => {
    expect(choosePoll(state, now)).toEqual({ after, isSweep: after === "0" });
  });
});

describe("a cycle", () => {
  test("is due for changes, and for a position that somebody waits for and nobody has looked at", () => {
    const state = { ...firstState, readAt: 5n };
    expect(isCycleDue(state, { hasChanges: true, wanted: 0n })).toBe(true);
    expect(isCycleDue(state, { hasChanges: false, wanted: 6n })).toBe(true);
    expect(isCycleDue(state, { hasChanges: false, wanted: 5n })).toBe(false);
  });

  test("that found the log exhausted has looked at its position", () => {
    expect(afterCycle(firstState, "0", { ...read, isExhausted: true }).readAt).toBe(9n);
    expect(afterCycle(firstState, "0", read).readAt).toBe(0n);
  });

  test("says from where to go on, which is where it began when there was nothing", () => {
    expect(afterCycle(firstState, "1", read).hint).toBe("4");
    expect(afterCycle(firstState, "1", { ...read, changeIds: [] }).hint).toBe("1");
  });

  test("that was full is followed by one of twice as many changes, up to all; else by all", () => {
    expect(afterCycle({ ...firstState, limit: 2 }, "0", { ...read, isFull: true }).limit).toBe(4);
    const many = { ...read, isFull: true, changeIds: Array.from({ length: 800 }, (_, id) => `${id}`) };
    expect(afterCycle(firstState, "0", many).limit).toBe(1000);
    expect(afterCycle({ ...firstState, limit: 4 }, "0", read).limit).toBe(1000);
  });
});

test.each([
  ["when a reader waits", { marked: 5n, markedAt: 9900 }, { awaited: true, exhaustedAt: 5n }, true],
  ["when it was not for a second", { marked: 5n, markedAt: 9000 }, { awaited: false, exhaustedAt: 6n }, true],
  ["not sooner", { marked: 5n, markedAt: 9001 }, { awaited: false, exhaustedAt: 6n }, false],
  ["not when nothing is new", { marked: 6n, markedAt: 0 }, { awaited: false, exhaustedAt: 6n }, false],
])("models are marked complete %s", (_, state, seen, isDue) => {
  expect(isMarkDue({ ...firstState, ...state }, seen, 10_000)).toBe(isDue);
});

test("a reader waits for a model that is not complete yet, and for none when there is none", () => {
  expect(isAwaited({ complete: 4n, wanted: 5n })).toBe(true);
  expect(isAwaited({ complete: 5n, wanted: 5n })).toBe(false);
  expect(isAwaited({ complete: null, wanted: 5n })).toBe(false);
});

test("pauses grow to 25 ms; a cycle, and a reader who was helped, make them short again", () => {
  let state = firstState;
  const pauses = Array.from({ length: 6 }, () => {
    const { pauseMs } = state;
    state = afterPause(state, false);
    return pauseMs;
  });
  expect(pauses).toEqual([2, 4, 8, 16, 25, 25]);
  expect(afterPause(state, true).pauseMs).toBe(2);
  expect(afterCycle(state, "0", read).pauseMs).toBe(2);
});
