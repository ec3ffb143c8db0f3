import { expect, test } from "vitest";
import { judgeStanding } from "../../../src/mirror/verify/judge.ts";

const probe = {
  n: 10n,
  rejected: new Set(["rejected"]),
  invalid: new Map([["invalid", "no JSON"]]),
  unsettled: new Set(["waiting", "rejected"]),
};

test.each([
  ["a document as old as the snapshot must be equal", "x", 10n, undefined, { is: "compare" }],
  ["and one that the mirror lacks", "x", undefined, undefined, { is: "compare" }],
  ["one that is on its way proves nothing", "waiting", 3n, undefined, { is: "doubtful", version: null }],
  ["nor does one that is newer than the snapshot", "x", 11n, undefined, { is: "doubtful", version: 11n }],
  ["one that is newer again has been written meanwhile", "x", 12n, 11n, { is: "doubtful", version: 12n }],
  ["one whose version is above two snapshots had it before it was given", "x", 11n, 11n, { is: "future" }],
  ["one that was too new, and is not any more, is compared", "x", 10n, 10n, { is: "compare" }],
  ["what was rejected is not compared", "rejected", 3n, undefined, { is: "rejected" }],
  ["nor what the view cannot give", "invalid", 11n, 11n, { is: "rejected" }],
] as const)("%s", (_, id, version, tooNew, standing) => {
  expect(judgeStanding(probe, id, version, tooNew)).toEqual(standing);
});
