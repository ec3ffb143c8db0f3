import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { watchEventLoop } from "../../support/event-loop.ts";

/** How long the longest stretch of `work` was, with turns for others around it. */
async function stretchOf(work: () => void): Promise<number> {
  const watch = watchEventLoop();
  await wait(30);
  work();
  await wait(30);
  watch.stop();
  return watch.longest();
}

test("what keeps an event loop from others is seen while it computes, and not while it has no processor", async () => {
  const computed = await stretchOf(() => {
    const { user } = process.cpuUsage();
    while (process.cpuUsage().user - user < 300_000);
  });
  expect(computed).toBeGreaterThan(250);
  const slept = await stretchOf(() => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400));
  expect(slept).toBeLessThan(250);
});
