import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { endAfter } from "../../../src/stores/time-limit.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("a limit of time holds, whatever is collected as garbage meanwhile", async () => {
  const ended: unknown[] = [];
  for (let i = 0; i < 20; i++) {
    const limit = endAfter(200, new AbortController().signal);
    limit.addEventListener("abort", () => ended.push(limit.reason));
  }
  for (let i = 0; i < 5; i++) {
    collectGarbage();
    await sleep(100);
  }
  expect(ended).toHaveLength(20);
  expect(ended[0]).toMatchObject({ name: "TimeoutError" });
});

test("whoever is told to stop stops at once, with the reason, also when that was before", async () => {
  const reason = new Error("Enough.");
  const stop = new AbortController();
  const limit = endAfter(60_000, new AbortController().signal, stop.signal);
  expect(limit.aborted).toBe(false);
  stop.abort(reason);
  expect(limit.reason).toBe(reason);
  expect(endAfter(60_000, stop.signal).reason).toBe(reason);
});
