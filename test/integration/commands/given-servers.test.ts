import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runVitrine, vitrineEnvironment } from "../../support/run-vitrine.ts";

/** `vitrine up` on servers that it was given, as in docker-compose.yml: nothing private runs in its folder. */
let database: TestDatabase;
let folder: string;
let running: ChildProcess | undefined;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "vitrine-given-"));
});
afterEach(() => stop());
afterAll(async () => {
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts it; what it printed until it was ready. */
async function up(dataDir: string): Promise<readonly string[]> {
  running = spawn(process.execPath, ["bin/vitrine.mjs", "up", "--no-sample", "--port", "0"], {
    env: vitrineEnvironment(database, dataDir),
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (!running.stdout) throw new Error("It has an output.");
  const lines: string[] = [];
  for await (const line of createInterface({ input: running.stdout })) {
    lines.push(line);
    if (line.startsWith("Ctrl-C")) return lines;
  }
  throw new Error(`\`vitrine up\` ended by itself:\n${lines.join("\n")}`);
}

async function stop(): Promise<void> {
  const child = running;
  running = undefined;
  if (!child || child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGINT");
  await ended;
}

const address = /^GraphiQL {2}(http:\/\/127\.0\.0\.1:\d+\/graphql)$/;
const served = async (dataDir: string, mongodbUrl = database.mongodbUrl) => {
  const { stdout } = await runVitrine({ ...database, mongodbUrl }, dataDir, ["status", "--json"]);
  return (JSON.parse(stdout) as { graphql: readonly string[] }).graphql;
};

test("it says where GraphiQL is, and other commands of its folder know, until it ends", async () => {
  const dataDir = join(folder, "data");
  const [first] = await up(dataDir);
  expect(first).toMatch(address);
  const url = address.exec(first ?? "")?.[1] ?? "";
  expect((await fetch(url.replace("/graphql", "/healthz"))).status).toBe(200);
  expect(await served(dataDir)).toEqual([url]);
  // A command on another mirror asks for the gateways of that one.
  const other = new URL(database.mongodbUrl);
  other.pathname = "/other";
  expect(await served(dataDir, other.href)).toEqual([]);
  await stop();
  expect(await served(dataDir)).toEqual([]);
});

test("it says so too where it can write no folder", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const [first] = await up(join(file, "data"));
  expect(first).toMatch(address);
});

test("status of a mirror with several hosts names them all, and not its password", async () => {
  const mongodbUrl = "mongodb://someone:secret@127.0.0.1:1,127.0.0.1:2/shop?replicaSet=away";
  const { stdout, stderr } = await runVitrine({ ...database, mongodbUrl }, folder, ["status", "--json"]);
  const { mongodb, problems } = JSON.parse(stdout);
  expect(mongodb.url).toBe("mongodb://someone@127.0.0.1:1,127.0.0.1:2/shop?replicaSet=away");
  expect(problems).toContainEqual(expect.stringMatching(/^Mirror: MongoDB cannot be reached/));
  expect(stderr).not.toContain("INTERNAL");
});
