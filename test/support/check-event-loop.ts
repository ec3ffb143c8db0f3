import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type LoopWatch, MAX_STRETCH_MS, watchEventLoop } from "./event-loop.ts";
import { type LoopProfile, startLoopProfile } from "./loop-profile.ts";

const watches = new WeakMap<object, LoopWatch>();
let endProfile: (() => LoopProfile) | undefined;

beforeAll(() => {
  endProfile = startLoopProfile();
});
afterAll(() => {
  endProfile?.();
  endProfile = undefined;
});
beforeEach(({ task }) => {
  watches.set(task, watchEventLoop());
});

// Whatever a test makes the product do is done in pieces: no request and no change may keep all others of a process waiting.
// What the test computes itself (what it expects, what it writes, thousands of clients) is its own.
afterEach(({ task }) => {
  const watch = watches.get(task);
  watch?.stop();
  const stretches = watch?.long() ?? [];
  if (stretches.length === 0 || !endProfile) return;
  const profile = endProfile();
  endProfile = startLoopProfile();
  const ofProduct = stretches
    .map((one) => profile.explain(one))
    .filter(({ ms }) => ms > MAX_STRETCH_MS)
    .map(({ ms, doing }) => `${Math.round(ms)} ms\n${doing.slice(0, 10).join("\n")}`);
  expect(ofProduct, "nobody else had a turn for so long").toEqual([]);
});
