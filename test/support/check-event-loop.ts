import { afterEach, beforeEach, expect } from "vitest";
import { type LoopWatch, MAX_STRETCH_MS, watchEventLoop } from "./event-loop.ts";

/**
 * Below test/integration, tests that do nothing themselves beside a server that others wait for. Those that are not here
 * compute in its process (what they expect, what they write, thousands of clients), so that a stretch need not be its own.
 */
const served: ReadonlySet<string> = new Set([
  "graphql/admission.test.ts",
  "graphql/bounded-roads.test.ts",
  "graphql/cost-and-time.test.ts",
  "graphql/one-client.test.ts",
  "graphql/role-limits.test.ts",
]);

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
  if (!served.has(file)) return;
  expect(longest, "milliseconds for which nobody else had a turn").toBeLessThanOrEqual(MAX_STRETCH_MS);
});
