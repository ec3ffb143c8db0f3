import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { chooseFreePort } from "../../../src/local/free-port.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { vitrineEnvironment } from "../../support/run-vitrine.ts";

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "vitrine-fault-"));
});
afterAll(async () => {
  await database?.close();
  rmSync(dataDir, { recursive: true });
});

/** Starts a verb that can be made to throw where nobody catches. */
function start(...args: readonly string[]) {
  const child = spawn(
    process.execPath,
    ["--import", "./test/support/throwing-child.mjs", "bin/vitrine.mjs", ...args],
    { env: vitrineEnvironment(database, dataDir), stdio: ["ignore", "pipe", "pipe"] },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += chunk;
  });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  /** How often everything was up: before that, a stop ends a start that is not complete. */
  const starts = () => out.match(/Ctrl-C stops everything/g)?.length ?? 0;
  return { child, starts, log: () => log, ended: once(child, "exit") };
}

const isServing = (port: number) => async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
  return answer?.status ?? 0;
};
const patience = { timeout: 100_000, interval: 50 };

/** The process that serves in place of another one. */
const childOf = ({ pid }: ChildProcess): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);

describe("A fault that nobody caught", { timeout: 300_000 }, () => {
  test("ends a server with 70, after the answers under way are out and the fault is logged", async () => {
    const port = await chooseFreePort();
    const { child, log, ended } = start("serve", "--port", String(port));
    await expect.poll(isServing(port), patience).toBe(200);
    child.kill("SIGUSR2");
    expect(await ended).toEqual([70, null]);
    expect(log()).toMatch(/"level":"fatal".*thrown by the test/);
  });

  test("makes `vitrine up` start everything again, each time, and Ctrl-C stops it all the same", async () => {
    const port = await chooseFreePort();
    const { child, starts, log, ended } = start("up", "--no-sample", "--port", String(port));
    await expect.poll(isServing(port), patience).toBe(200);
    for (const pid of [() => child.pid ?? 0, () => childOf(child)]) {
      await expect.poll(starts, patience).toBe(pid() === child.pid ? 1 : 2);
      const served = pid();
      process.kill(served, "SIGUSR2");
      await expect
        .poll(() => log().match(/starting everything again/g)?.length, patience)
        .toBe(served === child.pid ? 1 : 2);
      await expect.poll(isServing(port), patience).toBe(200);
    }
    await expect.poll(starts, patience).toBe(3);
    const successor = childOf(child);
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    expect(() => process.kill(successor, 0)).toThrow();
  });

  test("leaves no successor behind whose first process is killed", async () => {
    const port = await chooseFreePort();
    const { child, log } = start("up", "--no-sample", "--port", String(port));
    await expect.poll(isServing(port), patience).toBe(200);
    child.kill("SIGUSR2");
    await expect.poll(() => log().includes("starting everything again"), patience).toBe(true);
    await expect.poll(isServing(port), patience).toBe(200);
    child.kill("SIGKILL");
    await expect.poll(isServing(port), patience).toBe(0);
  });
});
