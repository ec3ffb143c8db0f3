import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { StackStatus } from "../../../src/commands/read-status.ts";
import { forgetRejected, recordRejected } from "../../../src/core/rejected-documents.ts";
import { tellOnSocket } from "../../../src/local/tell-on-socket.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { copyProject } from "../../support/project-copy.ts";
import { runVitrine, vitrineEnvironment } from "../../support/run-vitrine.ts";
import { prepareShop } from "../../support/shop-operations.ts";
import { openTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";

/** `vitrine status` beside a stack that runs: told by the stack, and as it sees for itself. */
let database: TestDatabase;
let proxy: TcpProxy;
let folder: string;
let dataDir: string;
let env: Readonly<Record<string, string>>;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  // Commands that run from the sources ask nobody: two of them may be of different sources.
  execFileSync(process.execPath, ["bin/build.mjs"], { stdio: "ignore" });
  database = await openTestDatabase();
  await prepareShop(database.admin);
  proxy = await openTcpProxy(Number(new URL(database.mongodbUrl).port));
  folder = await mkdtemp(join(tmpdir(), "vitrine-ask-"));
});
beforeEach(async () => {
  const mongodbUrl = new URL(database.mongodbUrl);
  mongodbUrl.port = String(proxy.port);
  env = { MONGODB_URL: mongodbUrl.href, VITRINE_MAX_STALENESS_MS: "3600000" };
  // Longer than the address of a socket may be.
  dataDir = join(await mkdtemp(join(folder, "data-")), "x".repeat(100));
});
afterEach(async () => {
  for (const child of running) await end(child, "SIGKILL");
});
afterAll(async () => {
  await proxy?.close();
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a command of the folder, until it tells how it is: `up` does when its mirror is complete. */
async function start(...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["bin/vitrine.mjs", ...args], {
    env: { ...vitrineEnvironment(database, dataDir), ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  running.add(child);
  void once(child, "exit").then(() => running.delete(child));
  await expect.poll(listSockets, { timeout: 120_000 }).not.toEqual([]);
  if (args[0] === "up")
    for await (const line of createInterface({ input: child.stdout })) if (line.startsWith("Ctrl-C")) break;
  child.stdout.resume();
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

const up = () => start("up", "--no-sample", "--port", "0");

async function listSockets(): Promise<readonly string[]> {
  const files = await readdir(dataDir, { recursive: true }).catch(() => []);
  return files.filter((file) => file.endsWith(".sock")).map((file) => join(dataDir, file));
}

/** Runs `status`; `hasDrivers`: whether it loaded those of the databases. */
async function status(args: readonly string[] = ["--json"], others: Readonly<Record<string, string>> = {}) {
  const loaded = await mkdtemp(join(folder, "loaded-"));
  const result = await runVitrine(database, dataDir, ["status", ...args], {
    ...env,
    NODE_V8_COVERAGE: loaded,
    ...others,
  });
  const [report = ""] = await readdir(loaded);
  const hasDrivers = /packages\/(?:mysql2|mongodb|bson)/.test(await readFile(join(loaded, report), "utf8"));
  return { ...result, hasDrivers };
}

/** As the stack tells it; on a busy machine one may take too long to answer, now and then. */
async function beTold(...args: readonly (readonly string[])[]) {
  for (let attempt = 1; ; attempt++) {
    const told = await status(...args);
    if (!told.hasDrivers || attempt === 10) return told;
  }
}

/** As it is without a stack that tells: the sockets are away meanwhile. */
async function lookAlone(...args: readonly (readonly string[])[]) {
  const sockets = await listSockets();
  for (const socket of sockets) await rename(socket, join(dataDir, String(sockets.indexOf(socket))));
  try {
    return await status(...args);
  } finally {
    for (const socket of sockets) await rename(join(dataDir, String(sockets.indexOf(socket))), socket);
  }
}

/** Ages grow from one look to the next. */
const withoutAges = (text: string) => text.replace(/"lagMs":[1-9]\d*/g, '"lagMs":"some"');

/** Told and seen are the same; what it says. */
async function expectSame(): Promise<StackStatus> {
  const told = await beTold();
  const seen = await lookAlone();
  expect([told.hasDrivers, seen.hasDrivers]).toEqual([false, true]);
  expect(withoutAges(told.stdout)).toBe(withoutAges(seen.stdout));
  expect([told.code, told.stderr]).toEqual([seen.code, seen.stderr]);
  return JSON.parse(told.stdout);
}

describe("status beside a stack that runs", { timeout: 180_000 }, () => {
  test("a healthy stack is reported the same by itself and by who looks, to people too", async () => {
    await up();
    const { healthy, problems, graphql, models } = await expectSame();
    expect({ healthy, problems }).toEqual({ healthy: true, problems: [] });
    expect(graphql).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/)]);
    expect(models.find(({ model }) => model === "customer_orders")?.documents).toBe(4);
    const told = await beTold([]);
    expect(told).toMatchObject({ code: 0, hasDrivers: false });
    expect(told.stdout).toContain("customer_orders                  4 documents, lag 0 ms\n");
    expect(told.stdout).toBe((await lookAlone([])).stdout);
  });

  test("SQL files that are pending, and rejected documents, are reported the same", async () => {
    const project = await copyProject();
    env = { ...env, VITRINE_PROJECT: project.projectFile };
    await start("mirror");
    await expect.poll(async () => (await status()).code, { timeout: 60_000 }).toBe(0);
    await project.append("sql/procedures/pos/record_sale.sql", "-- Changed.");
    const [model] = database.project.domains.flatMap((domain) => domain.models);
    if (!model) throw new Error("The project has models.");
    const { transaction } = database.admin;
    onTestFinished(() => transaction((connection) => forgetRejected(connection, model, ["3"])));
    await transaction((connection) => recordRejected(connection, model, new Map([["3", "No name."]]), null));

    const { healthy, problems, migrations, models } = await expectSame();
    expect(healthy).toBe(false);
    expect(problems).toEqual([
      "1 SQL files are not applied: run `vitrine migrate up`.",
      `1 documents of ${model.name} could not be mirrored: see \`vitrine rejected list\`.`,
    ]);
    expect(migrations.pending).toEqual(["procedures/pos/record_sale.sql"]);
    expect(models.find((one) => one.model === model.name)?.rejected).toBe(1);

    // A part that cannot be read at all is left to who asks.
    await project.write("sql/views/pos/two words.sql", "select 1");
    for (let attempt = 0; attempt < 3; attempt++) {
      const { stdout, hasDrivers } = await status();
      expect(hasDrivers).toBe(true);
      expect(JSON.parse(stdout).problems[0]).toMatch(/^Migrations: .*two words/);
    }
  });

  test("where a part does not answer, who asks looks for himself", async () => {
    await up();
    await proxy.stop();
    try {
      const { code, stdout, hasDrivers } = await status();
      expect([code, hasDrivers]).toEqual([1, true]);
      expect(JSON.parse(stdout).problems).toEqual([
        expect.stringMatching(/^Mirror: MongoDB cannot be reached/),
      ]);
    } finally {
      await proxy.start();
    }
  });

  test("a stack of another build, or with other settings, is not asked", async () => {
    await up();
    expect(await status(["--json"], { VITRINE_MAX_STALENESS_MS: "9000" })).toMatchObject({
      code: 0,
      hasDrivers: true,
    });
    const [socket = ""] = await listSockets();
    await rename(socket, join(dataDir, "aside"));
    let asked = 0;
    const other = await tellOnSocket(socket, async () => {
      asked++;
      return JSON.stringify({ key: "another build", status: {} });
    });
    try {
      expect(await status()).toMatchObject({ code: 0, hasDrivers: true, stderr: "" });
      expect(asked).toBe(1);
    } finally {
      other.close();
    }
  });

  test("one that hangs is not waited for", async () => {
    const child = await up();
    child.kill("SIGSTOP");
    const told = await Promise.race([status(), sleep(60_000, "nothing")]);
    expect(told).toMatchObject({ code: 0, hasDrivers: true, stderr: "" });
    // Nor does it keep another from telling.
    const other = await up();
    expect(await beTold()).toMatchObject({ code: 0, hasDrivers: false });
    await end(other, "SIGINT");
    child.kill("SIGCONT");
    expect(await beTold()).toMatchObject({ code: 0, hasDrivers: false });
  });

  test("a stack that was killed leaves a socket that nobody waits at, and that is gone after the next look", async () => {
    const child = await up();
    await end(child, "SIGKILL");
    expect(await listSockets()).toHaveLength(1);
    expect(await status()).toMatchObject({ code: 0, hasDrivers: true, stderr: "" });
    expect(await listSockets()).toEqual([]);
  });

  test("a stack that ends takes its socket with it, and only its own user may reach that", async () => {
    const child = await up();
    const [socket = ""] = await listSockets();
    expect(((await stat(dirname(socket))).mode & 0o777).toString(8)).toBe("700");
    await end(child, "SIGINT");
    expect(await listSockets()).toEqual([]);
  });
});
