import { afterEach, beforeEach, expect } from "vitest";
import { type LoopWatch, MAX_STRETCH_MS, watchEventLoop } from "./event-loop.ts";

/** Tests that compute for longer themselves, below test/integration, and what they compute; all others leave the loop to others. */
const elsewhere: Readonly<Record<string, string>> = {};

const watches = new WeakMap<object, LoopWatch>();

beforeEach(({ task }) => {
  watches.set(task, watchEventLoop());
});

afterEach(({ task }) => {
  const watch = watches.get(task);
  const longest = watch?.longest() ?? 0;
  watch?.stop();
  if (process.env.VITRINE_TEST_LOOP)
    console.error(`LOOP ${Math.round(longest)} ${task.file.name} > ${task.name}`);
  const [, file = ""] = task.file.name.split("test/integration/");
  if (file in elsewhere) return;
  expect(longest, "milliseconds for which nobody else had a turn").toBeLessThanOrEqual(MAX_STRETCH_MS);
});
