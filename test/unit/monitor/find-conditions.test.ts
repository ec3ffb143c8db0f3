import { describe, expect, test } from "vitest";
import type { Alert, Condition } from "../../../src/core/alerts.ts";
import { compareAlerts, findConditions, type Look } from "../../../src/monitor/find-conditions.ts";

const quiet: Look = {
  runs: [],
  models: [{ model: "bed", lagMs: 0, rejected: 0 }],
  lagLimitMs: 60_000,
  capture: null,
  schedules: { files: { at: "*/15 * * * *", run: { verb: "export", out: "/files" } } },
  states: [],
  now: new Date("2026-11-30T12:00:00Z"),
};
const find = (look: Partial<Look>, raised: readonly Alert[] = []) =>
  findConditions({ ...quiet, ...look }, raised).map(({ kind, subject }) => `${kind} ${subject}`);
const alert = (condition: Pick<Condition, "kind" | "subject">, alertId = 1): Alert => ({
  ...{ ...condition, alertId, message: "", raisedAt: new Date(0), overAt: null },
  ...{ isRaiseTold: true, isOverTold: false },
});
const run = (outcome: Look["runs"][number]["outcome"], errorCode: string | null = null) => ({
  ...({ kind: "export", name: "/files", node: "here:1" } as const),
  ...{ outcome, errorCode, error: errorCode && "It says why." },
});

test("Nothing is wrong while all is well", () => {
  expect(find({ runs: [run("succeeded")] })).toEqual([]);
});

test("A run that failed or was lost is wrong until one like it succeeds; a defect is one of its own kind", () => {
  expect(find({ runs: [run("failed", "EXPORT_FAILED")] })).toEqual(["run export /files"]);
  expect(find({ runs: [run("lost")] })).toEqual(["run export /files"]);
  expect(find({ runs: [{ ...run("failed", "DEFECT_FOUND"), kind: "verify", name: "all models" }] })).toEqual([
    "defect verify all models",
  ]);
  const [told] = findConditions({ ...quiet, runs: [run("failed", "EXPORT_FAILED")] }, []);
  expect(told?.message).toBe("export /files failed on here:1: It says why. [EXPORT_FAILED]");
});

test("A lag is wrong above its limit, and until it is below half of it", () => {
  const at = (lagMs: number) => ({ models: [{ model: "bed", lagMs, rejected: 0 }] });
  expect(find(at(60_000))).toEqual([]);
  expect(find(at(60_001))).toEqual(["lag bed"]);
  const raised = [alert({ kind: "lag", subject: "bed" })];
  expect(find(at(30_001), raised)).toEqual(["lag bed"]);
  expect(find(at(30_000), raised)).toEqual([]);
  // Of another model it says nothing.
  expect(find(at(30_001), [alert({ kind: "lag", subject: "plant" })])).toEqual([]);
});

test("Rejected documents and lost capture are wrong", () => {
  expect(
    find({ models: [{ model: "bed", lagMs: 0, rejected: 2 }], capture: "Trigger x is missing." }),
  ).toEqual(["rejected bed", "capture triggers"]);
});

describe("A schedule is wrong after two moments without a success, and half a period more:", () => {
  const state = (succeeded: string | null, seen = "2026-11-30T00:00:00Z") => ({
    schedule: "files",
    seenAt: new Date(seen),
    handledAt: new Date(seen),
    succeededAt: succeeded === null ? null : new Date(succeeded),
    exitCode: 74,
    isLogged: true,
  });
  test.each([
    ["one is missing", "2026-11-30T11:44:59Z", []],
    ["two are missing, the second may be under way", "2026-11-30T11:52:29Z", []],
    ["two are missing", "2026-11-30T11:52:30Z", ["schedule files"]],
  ])("%s", (_, now, found) => {
    expect(find({ states: [state("2026-11-30T11:22:20Z")], now: new Date(now) })).toEqual(found);
  });

  test("it never succeeded", () => {
    expect(find({ states: [state(null)] })).toEqual(["schedule files"]);
    expect(find({ states: [state(null, "2026-11-30T11:59:00Z")] })).toEqual([]);
  });

  test("its latest run failed, at once where the run log does not tell it", () => {
    const recent = "2026-11-30T11:59:00Z";
    expect(find({ states: [state(recent)] })).toEqual([]);
    expect(find({ states: [{ ...state(recent), isLogged: false }] })).toEqual(["schedule files"]);
    expect(find({ states: [{ ...state(recent), isLogged: false, exitCode: 0 }] })).toEqual([]);
    expect(find({ states: [{ ...state(recent), isLogged: false, exitCode: null }] })).toEqual([]);
    expect(find({ states: [{ ...state(null), isLogged: false, schedule: "gone" }] })).toEqual([]);
  });

  test("one that the project has no more is nobody's concern", () => {
    expect(find({ states: [{ ...state(null), schedule: "gone" }] })).toEqual([]);
  });
});

test("What is new is raised, what goes on is left alone, what is gone is over", () => {
  const [a, b, c] = (["lag", "rejected", "capture"] as const).map((kind) => ({
    ...{ kind, subject: "bed", message: "Another text." },
  }));
  if (!a || !b || !c) throw new Error("There are three.");
  expect(compareAlerts([alert(a, 1), alert(b, 2)], [b, c])).toEqual({ raise: [c], over: [1] });
});
