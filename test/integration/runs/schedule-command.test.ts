import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runVitrine, vitrineEnvironment } from "../../support/run-vitrine.ts";

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "vitrine-schedule-"));
  // The project files there are modules.
  await writeFile(join(dataDir, "package.json"), '{ "type": "module" }');
});
afterAll(async () => {
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** The repository's project with a schedule, in a file of its own. */
async function writeProject(schedule: object): Promise<string> {
  const file = join(dataDir, `project-${crypto.randomUUID()}.ts`);
  const [base, sql] = ["vitrine.config.ts", "sql"].map((name) => JSON.stringify(resolve(name)));
  const text = `import base from ${base};\nexport default { ...base, sql: ${sql}, schedules: { files: ${JSON.stringify(schedule)} } };\n`;
  await writeFile(file, text);
  return file;
}

const command = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { code, stdout, stderr } = await runVitrine(database, dataDir, args, env);
  return { code, stderr, answer: stdout === "" ? null : JSON.parse(stdout) };
};

test("`vitrine schedule` exports by the calendar until it is stopped, and the run log has each export", async () => {
  const out = join(dataDir, "files");
  const run = { verb: "export", models: ["product_demand"], out };
  const env = { VITRINE_PROJECT: await writeProject({ at: "* * * * * *", run }) };
  const child = spawn(process.execPath, ["bin/vitrine.mjs", "schedule"], {
    env: { ...vitrineEnvironment(database, dataDir), ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  const list = async () => (await command(["schedule", "--list", "--json"], env)).answer;
  await expect.poll(() => existsSync(join(out, "manifest.json")), { timeout: 90_000 }).toBe(true);
  await expect.poll(async () => (await list())[0].succeededAt, { timeout: 60_000 }).not.toBeNull();
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(await list()).toMatchObject([
    { name: "files", command: `vitrine export product_demand --out ${out}`, exitCode: 0 },
  ]);
  const { answer } = await command(["runs", "--kind", "export", "--outcome", "succeeded", "--json"]);
  expect(answer.length).toBeGreaterThanOrEqual(1);
  expect(answer[0]).toMatchObject({ kind: "export", name: out, rows: 0, error: null });
}, 480_000);

test("a schedule that cannot be parsed is refused at the start, with its name and the remedy", async () => {
  const run = { verb: "verify" };
  const env = { VITRINE_PROJECT: await writeProject({ at: "every 15 minutes", run }) };
  const { code, stderr } = await runVitrine(database, dataDir, ["schedule"], env);
  expect(code).toBe(78);
  expect(stderr).toMatch(
    /Schedule files: "every 15 minutes" cannot be parsed \(.+\)\. Write minute, hour, day/,
  );
}, 60_000);

test("each verb is a run, also when it fails, and `vitrine runs` tells why", async () => {
  await database.admin.run("delete from vitrine_run");
  expect((await command(["migrate", "up", "--json"])).code).toBe(0);
  expect((await command(["migrate", "up", "--dry-run", "--json"])).code).toBe(0);
  expect((await command(["verify", "product_demand", "--json"])).code).toBe(1);
  expect((await command(["rebuild", "product_demand", "--json"])).code).toBe(0);
  expect((await command(["verify", "product_demand", "--json"])).code).toBe(0);
  expect((await command(["import", "pos", join(dataDir, "nowhere"), "--json"])).code).toBe(65);
  const { answer } = await command(["runs", "--json"]);
  const told = answer.map(({ kind, name, outcome, errorCode }: Record<string, unknown>) =>
    [kind, name, outcome, errorCode].join(" "),
  );
  expect(told.map((text: string) => text.replace(/ $/, ""))).toEqual([
    expect.stringMatching(/^import pos \w+ failed IMPORT_INPUT$/),
    "verify product_demand succeeded",
    "rebuild product_demand succeeded",
    "verify product_demand failed UNHEALTHY",
    "migrate up succeeded",
  ]);
  const { stdout } = await runVitrine(database, dataDir, ["runs", "--outcome", "failed"]);
  expect(stdout).toMatch(/import pos \w+: failed in [\d.]+ s \(.+:\d+\)\n {2}.+ \[IMPORT_INPUT\]/);
}, 480_000);

test("what a schedule runs ends with the process that runs the schedule, however that ends", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", "test/support/verb-runner-child.ts"], {
    env: vitrineEnvironment(database, dataDir),
    stdio: ["ignore", "inherit", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const children = async () =>
    (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")).split(" ").filter(Boolean);
  const lineOf = (pid: string) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  const find = async () => {
    for (const pid of await children()) if ((await lineOf(pid)).endsWith("mirror\0")) return pid;
    return undefined;
  };
  await expect.poll(find, { timeout: 60_000 }).toBeDefined();
  const pid = (await find()) ?? "";
  // It has begun to listen by then.
  await expect
    .poll(
      async () =>
        (await database.admin.query("select 1 from vitrine_lease where lease_name like 'mirror:%'")).length,
      {
        timeout: 90_000,
      },
    )
    .toBe(1);
  child.kill("SIGKILL");
  await expect.poll(() => lineOf(pid), { timeout: 60_000 }).toBe("");
}, 480_000);

test("`vitrine alerts --test` reaches the receiver that is set, or says why not", async () => {
  const got: string[] = [];
  const server = createServer((request, response) => {
    request.on("data", (data: Buffer) => got.push(String(data)));
    request.on("end", () => response.writeHead(204).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  const env = {
    VITRINE_ALERT_WEBHOOK: `http://127.0.0.1:${port}/`,
    VITRINE_ALERT_SECRET: "a secret of some length",
  };
  expect(await command(["alerts", "--test", "--json"], env)).toMatchObject({
    code: 0,
    answer: { taken: true },
  });
  expect(JSON.parse(got.join(""))).toMatchObject({ type: "alert.test" });
  server.closeAllConnections();
  server.close();
  const { code, stderr } = await runVitrine(database, dataDir, ["alerts", "--test"], env);
  expect(code).toBe(1);
  expect(stderr).toMatch(/did not take the test: .*ECONNREFUSED/);
  const unsigned = await runVitrine(database, dataDir, ["alerts"], { ...env, VITRINE_ALERT_SECRET: "" });
  expect(unsigned).toMatchObject({ code: 78, stderr: expect.stringContaining("VITRINE_ALERT_SECRET") });
}, 120_000);
