import { expect, test } from "vitest";
import { judgeCompleteness } from "../../../src/mirror/apply/completeness.ts";

const goal = { position: 5n, row: 30n };
const rest = (oldestId: bigint | null) => ({ isWhole: false, oldestId });

test.each([
  [
    "a batch that takes the whole queue completes what was resolved",
    goal,
    { isWhole: true, oldestId: 31n },
    8n,
    { complete: 8n, goal: undefined, needsGoal: false },
  ],
  [
    "a goal whose row is still queued stands",
    goal,
    rest(30n),
    8n,
    { complete: null, goal, needsGoal: false },
  ],
  [
    "one whose row is gone, and all before it, is reached, and the next is asked for",
    goal,
    rest(31n),
    8n,
    { complete: 5n, goal: undefined, needsGoal: true },
  ],
  [
    "with nothing left in the queue it is reached too",
    goal,
    rest(null),
    8n,
    { complete: 5n, goal: undefined, needsGoal: true },
  ],
  [
    "without a goal one is asked for",
    undefined,
    rest(3n),
    8n,
    { complete: null, goal: undefined, needsGoal: true },
  ],
  [
    "but not before anything was resolved",
    undefined,
    rest(3n),
    0n,
    { complete: null, goal: undefined, needsGoal: false },
  ],
])("%s", (_, before, pending, resolved, judged) => {
  expect(judgeCompleteness(before, pending, resolved)).toEqual(judged);
});
