import { describe, expect, test } from "vitest";
import type { ChangeTable } from "../../../src/core/change-tables.ts";
import {
  afterCycle,
  afterPause,
  afterSweep,
  choosePoll,
  chooseTables,
  firstState,
  growCycle,
  isAwaited,
  isMarkDue,
} from "../../../src/mirror/resolve/resolve-steps.ts";

const tableOf = (source: string): ChangeTable => ({ source, name: `of_${source}`, views: new Map() });
const [beds, plants] = [tableOf("bed"), tableOf("plant")];
const both = [beds, plants];
const read = {
  position: 9n,
  changes: ["3", "4"].map((id) => ({ table: beds, id, loggedAt: "" })),
};
const atAll = { isWhole: true, now: 50 };
const atSome = { isWhole: false, now: 50 };

describe("the heads of change tables", () => {
  const last = new Map([["of_bed", "70"]]);
  const slow = afterSweep({ ...firstState, last }, 5000, 21);
  test.each([
    ["are read each time as long as that is quick", afterSweep(slow, 5000, 20), 5001, true],
    ["are skipped when they are slow", slow, 5999, false],
    ["but for a second only", slow, 6000, true],
  ])("%s", (_, state, now, isSweep) => {
    expect(choosePoll(state, now)).toEqual({ after: isSweep ? new Map() : last, isSweep });
  });
});

describe("a cycle", () => {
  const state = { ...firstState, readAt: 5n, readAllAt: 10_000 };
  const seen = { tables: both, landed: null };
  test("looks at the tables that have changes, and at all of them once a second", () => {
    expect(chooseTables(state, { changed: [plants], wanted: 0n }, seen, 10_999)).toEqual([plants]);
    expect(chooseTables(state, { changed: [plants], wanted: 0n }, seen, 11_000)).toEqual(both);
    expect(chooseTables(state, { changed: [], wanted: 5n }, seen, 20_000)).toBe(null);
  });

  test("looks at all for a position that somebody waits for and nobody has looked at, or found something at", () => {
    expect(chooseTables(state, { changed: [], wanted: 6n }, seen, 10_001)).toEqual(both);
    expect(chooseTables(state, { changed: [], wanted: 5n }, { tables: both, landed: 4n }, 10_001)).toEqual(
      both,
    );
    expect(chooseTables(state, { changed: [], wanted: 5n }, { tables: both, landed: 5n }, 10_001)).toBe(null);
  });

  test("that looked at all tables has looked at its position", () => {
    expect(afterCycle(firstState, read, atAll)).toMatchObject({ readAt: 9n, readAllAt: 50 });
    expect(afterCycle(firstState, read, atSome)).toMatchObject({
      readAt: 0n,
      readAllAt: Number.NEGATIVE_INFINITY,
    });
  });

  test("says from where to go on in each table, which is where it began when there was nothing", () => {
    const before = {
      ...firstState,
      last: new Map([
        ["of_bed", "1"],
        ["of_plant", "7"],
      ]),
    };
    expect(afterCycle(before, read, atSome).last).toEqual(
      new Map([
        ["of_bed", "4"],
        ["of_plant", "7"],
      ]),
    );
    expect(afterCycle(before, { ...read, changes: [] }, atSome).last).toEqual(before.last);
  });
});

test.each([
  ["when a reader waits", 9900, { awaited: true, hasNews: false }, true],
  ["when it was not for a second", 9000, { awaited: false, hasNews: true }, true],
  ["not sooner", 9001, { awaited: false, hasNews: true }, false],
  ["not when nothing is new", 0, { awaited: false, hasNews: false }, false],
])("models are marked complete %s", (_, markedAt, seen, isDue) => {
  expect(isMarkDue({ ...firstState, markedAt }, seen, 10_000)).toBe(isDue);
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
  expect(afterCycle(state, read, atSome).pauseMs).toBe(2);
});

describe("the cycles of a table that has too much to do", () => {
  test.each([
    ["grow while they are quick", 1000, { rows: 1000, ms: 40 }, 2000],
    ["and no further than memory stays flat", 6000, { rows: 6000, ms: 40 }, 8000],
    ["stay as they are when they take long", 2000, { rows: 2000, ms: 1001 }, 2000],
    ["take no more than touches as much as may be held", 1000, { rows: 12_000, ms: 40 }, 1500],
    ["but never less than what fitted", 1000, { rows: 19_900, ms: 40 }, 1000],
    ["begin with two after one that touches very much alone", 1, { rows: 20_001, ms: 40 }, 1],
    ["go on with two after one that touched little", 1, { rows: 3, ms: 40 }, 2],
  ])("%s", (_, taken, { rows, ms }, next) => {
    expect(growCycle(taken, { rows, ms })).toBe(next);
  });
});
