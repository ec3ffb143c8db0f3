import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runAsLeader } from "../../../src/mirror/leadership.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
});
afterAll(() => garden.close());

/** A loader that notes when it works. */
function join(models = garden.models) {
  const end = new AbortController();
  const seen = { isWorking: false, end, ended: Promise.resolve() };
  const work = async (signal: AbortSignal) => {
    seen.isWorking = true;
    while (!signal.aborted) await sleep(10);
    seen.isWorking = false;
  };
  const onFailure = (error: unknown) => {
    throw error;
  };
  seen.ended = runAsLeader({ db: garden.db, models, onFailure }, work, end.signal);
  return seen;
}

const until = async (condition: () => boolean, ms: number) => {
  const started = performance.now();
  while (!condition() && performance.now() - started < ms) await sleep(10);
  return performance.now() - started;
};

test("one of two loaders works; the other takes over at once when it ends", async () => {
  const first = join();
  await until(() => first.isWorking, 5000);
  const second = join();
  await sleep(1500);
  expect([first.isWorking, second.isWorking]).toEqual([true, false]);
  first.end.abort();
  await first.ended;
  await until(() => second.isWorking, 3000);
  expect([first.isWorking, second.isWorking]).toEqual([false, true]);
  second.end.abort();
  await second.ended;
});

test("a killed holder is replaced within five seconds", async () => {
  const first = join();
  await until(() => first.isWorking, 5000);
  // As its death leaves it: nobody prolongs the lease, nobody deletes it.
  await garden.db.run(
    "update vitrine_lease set holder = 'killed', expires_at = utc_timestamp(3) + interval 4 second",
  );
  const killedAt = performance.now();
  first.end.abort();
  await first.ended;
  const second = join();
  await until(() => second.isWorking, 8000);
  const waited = performance.now() - killedAt;
  expect(waited).toBeGreaterThan(2000);
  expect(waited).toBeLessThan(5500);
  second.end.abort();
  await second.ended;
});

test("a lease that ends in an hour, by the clock of a node that was ahead, is nobody's", async () => {
  const first = join();
  await until(() => first.isWorking, 5000);
  await garden.db.run(
    "update vitrine_lease set holder = 'killed', expires_at = utc_timestamp(3) + interval 1 hour",
  );
  first.end.abort();
  await first.ended;
  const second = join();
  await until(() => second.isWorking, 20_000);
  expect(second.isWorking).toBe(true);
  second.end.abort();
  await second.ended;
});

test("a loader of other models does not wait", async () => {
  const first = join();
  const other = join([garden.model("plant_card")]);
  await until(() => first.isWorking && other.isWorking, 5000);
  expect([first.isWorking, other.isWorking]).toEqual([true, true]);
  first.end.abort();
  other.end.abort();
  await Promise.all([first.ended, other.ended]);
});
