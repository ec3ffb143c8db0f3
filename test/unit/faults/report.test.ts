import { expect, test } from "vitest";
import { findMissed } from "../../faults/report.ts";
import type { CycleResult } from "../../faults/run-faults.ts";

const struck = { what: "after commit" } as CycleResult["blow"];
const cycles = (kind: string, ...blows: CycleResult["blow"][]) => blows.map((blow) => ({ kind, blow }));

test("a fault that is struck in none of its cycles is told, one that has had too few chances is not", () => {
  const results = [
    ...cycles("never", null, null, null),
    ...cycles("once", null, null, struck),
    ...cycles("seldom", null, null),
  ];
  expect(findMissed(results)).toEqual(["never"]);
});
