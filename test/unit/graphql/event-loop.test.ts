import { setTimeout as wait } from "node:timers/promises";
import { parse } from "graphql";
import { expect, test } from "vitest";
import { readComputedMs, type Stretch, watchEventLoop } from "../../support/event-loop.ts";
import { startLoopProfile } from "../../support/loop-profile.ts";

/** The long stretches of `work`, with turns for others around it. */
async function stretchesOf(work: () => void): Promise<readonly Stretch[]> {
  const watch = watchEventLoop();
  await wait(30);
  work();
  await wait(30);
  watch.stop();
  return watch.long();
}

/** Computes for so long, in processor time. */
function spend(ms: number, step: () => void): void {
  for (const end = readComputedMs() + ms; readComputedMs() < end; ) step();
}

test("what keeps an event loop from others is seen while it computes, and not while it has no processor", async () => {
  const computed = await stretchesOf(() => spend(400, () => undefined));
  expect(computed).toHaveLength(1);
  expect(computed[0]?.computedMs).toBeGreaterThan(250);
  const slept = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
  expect(await stretchesOf(slept)).toEqual([]);
});

test("of a stretch it is told how much no test computed, and what did", async () => {
  const text = `{ ${"field(value: [1, 2, 3]) ".repeat(20_000)} }`;
  const endProfile = startLoopProfile();
  const watch = watchEventLoop();
  await wait(30);
  // Called by nobody of ours, as what a server is sent is.
  for (let time = 0; time < 6; time += 1) setImmediate(parse, text);
  await wait(30);
  const [own] = watch.long();
  await wait(30);
  spend(400, () => void parse("{ field }"));
  await wait(30);
  const [, ofTest] = watch.long();
  watch.stop();
  const profile = endProfile();
  if (!own || !ofTest) throw new Error("Both are longer than a quarter of a second.");
  expect(profile.explain(own).ms).toBeGreaterThan(0.6 * own.computedMs);
  expect(profile.explain(own).doing[0]).toContain("graphql/language");
  expect(profile.explain(ofTest).ms).toBeLessThan(0.4 * ofTest.computedMs);
});
