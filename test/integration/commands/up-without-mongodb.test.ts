import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chooseFreePort } from "../../../src/local/free-port.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { vitrineEnvironment } from "../../support/run-vitrine.ts";

let database: TestDatabase;
let folder: string;
let child: ChildProcess | undefined;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "vitrine-without-"));
});
afterAll(async () => {
  child?.kill("SIGKILL");
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

test("`vitrine up` serves while MongoDB is away, says where, and tells of it in a few lines", async () => {
  const mongodbUrl = `mongodb://127.0.0.1:${await chooseFreePort()}/none`;
  const running = spawn(process.execPath, ["bin/vitrine.mjs", "up", "--no-sample", "--port", "0"], {
    env: vitrineEnvironment({ ...database, mongodbUrl }, join(folder, "data")),
    stdio: ["ignore", "ignore", "pipe"],
  });
  child = running;
  const failures: string[] = [];
  let served: Promise<unknown> | undefined;
  for await (const line of createInterface({ input: running.stderr })) {
    const url = /^Serving GraphQL: (http\S+) /.exec(line)?.[1];
    if (url) served = ask(url);
    if (!line.includes("tries again")) continue;
    failures.push(line);
    // The loader has begun. It tries every two seconds at least: what it says in six of them is counted.
    if (failures.length === 1) setTimeout(() => running.kill("SIGINT"), 6000);
  }
  if (running.exitCode === null) await once(running, "exit");
  expect(await served).toEqual({ data: { customerOrdersConnection: { totalCount: 0 } } });
  expect(failures).toHaveLength(1);
  expect(failures[0]).toContain("MIRROR_UNAVAILABLE");
  expect(failures[0]).not.toContain("stack");
});

async function ask(url: string): Promise<unknown> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ customerOrdersConnection { totalCount } }" }),
  });
  const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
  return errors ? { data, errors } : { data };
}
