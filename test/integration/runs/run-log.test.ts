import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { hasRunOf, readRunSummaries, readRuns } from "../../../src/core/read-runs.ts";
import { recordRun, toNode } from "../../../src/core/runs.ts";
import { VitrineError } from "../../../src/errors.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());
afterEach(() => database.admin.run("delete from vitrine_run"));

const exported = { kind: "export", name: "/files" } as const;
const all = () => readRuns(database.reader, { first: 100 });

test("A run is there while it goes on, and afterwards with its end, its rows and where it ran", async () => {
  const answer = await recordRun(database.loader, exported, async (run) => {
    expect(await all()).toMatchObject([{ ...exported, outcome: "running", endedAt: null, rows: null }]);
    run.rows(5_000_000_000);
    return 42;
  });
  expect(answer).toBe(42);
  const [run, ...others] = await all();
  expect(others).toEqual([]);
  expect(run).toMatchObject({ ...exported, outcome: "succeeded", rows: 5_000_000_000, error: null });
  expect(run?.node).toBe(`${hostname()}:${process.pid}`);
  expect(`${run?.endedAt}` >= `${run?.startedAt}`).toBe(true);
});

test("A run that fails says why, and its error goes on to who waits for it", async () => {
  const failure = new VitrineError("EXPORT_FAILED", "The disk is full. Free some room.");
  await expect(
    recordRun(database.loader, exported, async (run) => {
      run.rows(7);
      throw failure;
    }),
  ).rejects.toBe(failure);
  expect(await all()).toMatchObject([
    { outcome: "failed", rows: 7, errorCode: "EXPORT_FAILED", error: "The disk is full. Free some room." },
  ]);
});

test("A run that was stopped is cancelled, whatever its work says of that", async () => {
  const stop = new AbortController();
  await expect(
    recordRun(
      database.loader,
      exported,
      async () => {
        stop.abort();
        throw new Error("The pool is closed.");
      },
      { signal: stop.signal },
    ),
  ).rejects.toThrow("The pool is closed.");
  expect(await all()).toMatchObject([{ outcome: "cancelled", errorCode: "CANCELLED" }]);
});

test("A run whose process was killed is told as lost, one that goes on as running however long it takes", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", "test/support/endless-run-child.ts"], {
    env: { ...process.env, MARIADB_URL: database.urls.loader },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  await recordRun(
    database.loader,
    { kind: "rebuild", name: "garden" },
    async () => {
      child.kill("SIGKILL");
      await expect
        .poll(async () => (await all()).map(({ outcome }) => outcome), { timeout: 20_000 })
        .toEqual(["running", "lost"]);
    },
    { aliveSeconds: 1 },
  );
  expect(await readRuns(database.reader, { outcome: "lost", first: 1 })).toMatchObject([
    { kind: "export", endedAt: null },
  ]);
}, 40_000);

test("Runs are found by kind, name and outcome, the newest first", async () => {
  for (const name of ["a", "b", "c"])
    await recordRun(database.loader, { kind: "import", name }, async () => {});
  await recordRun(database.loader, exported, async () => {});
  const names = async (filter: Partial<Parameters<typeof readRuns>[1]>) =>
    (await readRuns(database.reader, { first: 100, ...filter })).map(({ name }) => name);
  expect(await names({})).toEqual(["/files", "c", "b", "a"]);
  expect(await names({ first: 2 })).toEqual(["/files", "c"]);
  expect(await names({ kind: "import" })).toEqual(["c", "b", "a"]);
  expect(await names({ kind: "import", name: "b" })).toEqual(["b"]);
  expect(await names({ outcome: "failed" })).toEqual([]);
  // A value, and no SQL.
  expect(await names({ name: "' or 1 = 1 -- " })).toEqual([]);
});

test("A summary has the latest success of each kind and name, and the failures of a day", async () => {
  const fail = () =>
    recordRun(database.loader, exported, () => Promise.reject(new Error("no"))).catch(() => {});
  await fail();
  await recordRun(database.loader, exported, async () => {});
  await database.admin.run(
    `update vitrine_run set started_at = '2026-01-01 00:00:00', ended_at = '2026-01-01 00:00:01.500'
    where outcome = 'succeeded'`,
  );
  await fail();
  await recordRun(database.loader, { kind: "verify", name: "all" }, async () => {});
  expect(await readRunSummaries(database.reader)).toEqual([
    {
      ...exported,
      succeededAt: Date.UTC(2026, 0, 1) / 1000 + 1.5,
      seconds: 1.5,
      failedAt: expect.any(Number),
      failures: 2,
    },
    {
      kind: "verify",
      name: "all",
      succeededAt: expect.any(Number),
      seconds: expect.any(Number),
      failedAt: null,
      failures: 0,
    },
  ]);
});

test("The log knows whether a process has begun a run since a moment", async () => {
  const { reader } = database;
  await recordRun(database.loader, exported, async () => {});
  expect(await hasRunOf(reader, toNode(), new Date())).toBe(true);
  expect(await hasRunOf(reader, toNode(process.pid + 1), new Date())).toBe(false);
  expect(await hasRunOf(reader, toNode(), new Date(Date.now() + 120_000))).toBe(false);
});

test("Runs of long ago are dropped by the next", async () => {
  await recordRun(database.loader, exported, async () => {});
  await database.admin.run("update vitrine_run set started_at = started_at - interval 401 day");
  await recordRun(database.loader, { kind: "verify", name: "all" }, async () => {});
  expect(await all()).toMatchObject([{ kind: "verify" }]);
});

/** Refuses something of the run log while `work` goes on, as a server does that is not well. */
async function refusing(
  event: "delete" | "update",
  condition: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const { admin } = database;
  await admin.query(
    `create trigger vitrine_run_refused before ${event} on vitrine_run for each row
    begin
      if ${condition} then
        signal sqlstate '45000' set message_text = 'not now';
      end if;
    end`,
  );
  try {
    await work();
  } finally {
    await admin.query("drop trigger if exists vitrine_run_refused");
  }
}

test("Work is done also while runs of long ago cannot be dropped", async () => {
  await recordRun(database.loader, exported, async () => {});
  await database.admin.run("update vitrine_run set started_at = started_at - interval 401 day");
  const missed: unknown[] = [];
  const onMissed = (error: unknown) => void missed.push(error);
  await refusing("delete", "true", async () => {
    expect(await recordRun(database.loader, exported, async () => "done", { onMissed })).toBe("done");
  });
  expect(missed).toHaveLength(1);
  expect(await all()).toMatchObject([{ outcome: "succeeded" }, { outcome: "succeeded" }]);
});

test("The end of a run is noted also when that fails at first", async () => {
  const missed: unknown[] = [];
  const onMissed = (error: unknown) => void missed.push(error);
  let ended: Promise<unknown> | undefined;
  await refusing("update", "new.outcome is not null", async () => {
    ended = recordRun(database.loader, exported, async () => {}, { onMissed });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await all()).toMatchObject([{ outcome: "running" }]);
  });
  await ended;
  expect(missed).toEqual([]);
  expect(await all()).toMatchObject([{ outcome: "succeeded" }]);
}, 20_000);

test("The first migration is a run too, and who may not write the log works all the same and is told", async () => {
  const empty = await openTestDatabase({ migrate: false });
  try {
    const { admin, sqlDir } = empty;
    await recordRun(admin, { kind: "migrate", name: "up" }, () => migrateUp({ admin, sqlDir, domains: [] }));
    expect(await readRuns(admin, { first: 9 })).toMatchObject([{ kind: "migrate", outcome: "succeeded" }]);
  } finally {
    await empty.close();
  }
  const missed: unknown[] = [];
  const onMissed = (error: unknown) => void missed.push(error);
  expect(await recordRun(database.reader, exported, async () => "done", { onMissed })).toBe("done");
  expect(missed).toEqual([expect.objectContaining({ errno: 1142 })]);
  expect(await all()).toEqual([]);
});
