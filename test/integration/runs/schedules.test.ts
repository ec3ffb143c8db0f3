import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { type EndedVerb, keepSchedule, type RunVerb } from "../../../src/app/keep-schedule.ts";
import { isLeaseHeld } from "../../../src/core/lease.ts";
import { recordRun, toNode } from "../../../src/core/runs.ts";
import { readStates } from "../../../src/core/schedules.ts";
import { createLogger } from "../../../src/log.ts";
import type { Schedule } from "../../../src/models/schedule.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { intercept } from "../../support/intercept.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());
// Before, not after: what a test keeps going ends after its hooks.
beforeEach(() => database.admin.query("delete from vitrine_schedule; delete from vitrine_lease"));

const everySecond: Schedule = { at: "* * * * * *", run: { verb: "verify" } };
/** Due at a moment at which hardly a test runs. */
const yearly: Schedule = { at: "0 0 1 1 *", run: { verb: "export", out: "/files" } };
const silent = createLogger("silent");

/** Keeps a schedule as a node of its own does, until the test ends or it is stopped. */
function keep(
  schedule: Schedule,
  runVerb: RunVerb,
  options: { readonly leaseSeconds?: number; readonly db?: MariaDb } = {},
) {
  const stop = new AbortController();
  const { loader: db } = database;
  const kept = keepSchedule(
    "files",
    schedule,
    { db, logger: silent, runVerb, lookMs: 200, ...options },
    stop.signal,
  );
  const end = () => {
    stop.abort();
    return kept;
  };
  onTestFinished(end);
  return { end };
}

/** The schedule was kept before, and missed what was due in the last `years`. */
const miss = (years: number) =>
  database.admin.run(
    "insert into vitrine_schedule (schedule, handled_at) values ('files', utc_timestamp(3) - interval ? year)",
    [years],
  );

const ended = (exitCode: number): EndedVerb => ({ exitCode, node: "here:1" });

/** Ends when the signal is aborted. */
const untilStopped = (signal: AbortSignal) =>
  new Promise<EndedVerb>((resolve) => signal.addEventListener("abort", () => resolve(ended(130))));

test("What is due runs again and again, and never twice at once, on however many nodes", async () => {
  let running = 0;
  let most = 0;
  const runs: string[] = [];
  const runVerb =
    (node: string): RunVerb =>
    async (args) => {
      most = Math.max(most, ++running);
      runs.push(`${node} ${args.join(" ")}`);
      // Longer than a period.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      running -= 1;
      return ended(0);
    };
  for (const node of ["a", "b", "c"]) keep(everySecond, runVerb(node));
  await expect.poll(() => runs.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(4);
  expect(most).toBe(1);
  expect(runs[0]).toMatch(/^[abc] verify$/);
}, 40_000);

test("A schedule that nobody has kept before catches up nothing", async () => {
  let runs = 0;
  keep(yearly, async () => ended(++runs));
  await expect.poll(() => readStates(database.reader, ["files"])).toMatchObject([{ succeededAt: null }]);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(runs).toBe(0);
});

test("Runs that were missed are caught up by one, also when it fails, and its exit code is kept", async () => {
  await miss(3);
  const runs: (readonly string[])[] = [];
  keep(yearly, async (args) => {
    runs.push(args);
    return ended(74);
  });
  await expect
    .poll(() => readStates(database.reader, ["files"]))
    .toMatchObject([{ exitCode: 74, succeededAt: null }]);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(runs).toEqual([["export", "--out", "/files"]]);
});

test("A run that its node was stopped in is done again by the next, once", async () => {
  await miss(2);
  let cut = 0;
  const first = keep(yearly, (_args, signal) => {
    cut += 1;
    return untilStopped(signal);
  });
  await expect.poll(() => cut).toBe(1);
  await first.end();
  let whole = 0;
  keep(yearly, async () => {
    whole += 1;
    return ended(0);
  });
  await expect
    .poll(async () => (await readStates(database.reader, ["files"]))[0]?.succeededAt ?? null)
    .toBeInstanceOf(Date);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect({ cut, whole }).toEqual({ cut: 1, whole: 1 });
});

test("A node that is gone delays the next by its lease; one that has lost its lease stops what it runs", async () => {
  await miss(2);
  await database.admin.run(
    "insert into vitrine_lease (lease_name, holder, expires_at) values ('schedule:files', 'gone', utc_timestamp(3) + interval 1.5 second)",
  );
  let began = 0;
  let stopped = 0;
  keep(
    yearly,
    async (_args, signal) => {
      began += 1;
      await untilStopped(signal);
      stopped += 1;
      return ended(130);
    },
    { leaseSeconds: 2 },
  );
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(began).toBe(0);
  await expect.poll(() => began, { timeout: 10_000 }).toBe(1);
  // Prolonged meanwhile: it is not lost by itself.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(stopped).toBe(0);
  await database.admin.run("update vitrine_lease set holder = 'another' where lease_name = 'schedule:files'");
  await expect.poll(() => stopped, { timeout: 10_000 }).toBe(1);
  expect(await readStates(database.reader, ["files"])).toMatchObject([{ exitCode: null }]);
}, 30_000);

test("A node that is cut off from the database stops what it runs while the lease is still its own", async () => {
  await miss(2);
  let isCut = false;
  let giveUp: (error: Error) => void = () => undefined;
  const unanswered = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  unanswered.catch(() => undefined); // it may be that nobody waits for it
  const db = intercept(database.loader, (sql) =>
    isCut && sql.startsWith("update vitrine_lease") ? unanswered : undefined,
  );
  let isRunning = false;
  let isHeldAtTheEnd: boolean | undefined;
  keep(
    yearly,
    async (_args, signal) => {
      isRunning = true;
      const { exitCode, node } = await untilStopped(signal);
      isHeldAtTheEnd = await isLeaseHeld(database.reader, "schedule:files");
      return { exitCode, node };
    },
    { leaseSeconds: 8, db },
  );
  // Before the schedule is ended: a driver gives a connection up that says nothing.
  onTestFinished(() => giveUp(new Error("The connection is closed.")));
  await expect.poll(() => isRunning).toBe(true);
  isCut = true;
  await expect.poll(() => isHeldAtTheEnd, { timeout: 20_000 }).toBe(true);
}, 40_000);

test("A run that failed before the run log knew of it is told so, and one that the log knows is not", async () => {
  await miss(2);
  const state = async () => (await readStates(database.reader, ["files"]))[0];
  const first = keep(yearly, async () => ended(2));
  await expect.poll(state).toMatchObject({ exitCode: 2, isLogged: false });
  await first.end();
  await database.admin.run("update vitrine_schedule set handled_at = handled_at - interval 2 year");
  keep(yearly, async () => {
    const work = () => Promise.reject(new Error("no"));
    await recordRun(database.loader, { kind: "export", name: "/files" }, work).catch(() => {});
    return { exitCode: 70, node: toNode() };
  });
  await expect.poll(state).toMatchObject({ exitCode: 70, isLogged: true });
});
