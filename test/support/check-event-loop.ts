import { afterEach, beforeEach, expect } from "vitest";
import { type LoopWatch, MAX_STRETCH_MS, watchEventLoop } from "./event-loop.ts";

/** Below test/integration, the folders whose tests share their process with a server that others wait for. */
const served = ["graphql/", "files/"];
/** Those of them that compute for longer themselves, and what. */
const elsewhere: Readonly<Record<string, string>> = {};

const watches = new WeakMap<object, LoopWatch>();

beforeEach(({ task }) => {
  watches.set(task, watchEventLoop());
});

// No request may keep others from a server: what a test makes it do is done in pieces.
afterEach(({ task }) => {
  const watch = watches.get(task);
  watch?.stop();
  const longest = watch?.longest() ?? 0;
  if (process.env.VITRINE_TEST_LOOP)
    console.error(`LOOP ${Math.round(longest)} ${task.file.name} > ${task.name}`);
  const [, file = ""] = task.file.name.split("test/integration/");
  if (!served.some((folder) => file.startsWith(folder)) || file in elsewhere) return;
  expect(longest, "milliseconds for which nobody else had a turn").toBeLessThanOrEqual(MAX_STRETCH_MS);
});
