import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { StackStatus } from "../../../src/commands/read-status.ts";
import { chooseFreePort } from "../../../src/local/free-port.ts";
import { toMariaDbUrl } from "../../../src/local/private-mariadb.ts";
import { findProcess } from "../../../src/local/process-table.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";

const bin = fileURLToPath(new URL("../../../bin/vitrine.mjs", import.meta.url));
let dataDir: string;
let port: number;
let running: ChildProcess | undefined;
/** Standard error of `vitrine up` so far. */
let said = "";

const env = () => {
  const { MARIADB_URL: _, MONGODB_URL: __, ...others } = process.env;
  return { ...others, VITRINE_DATA_DIR: dataDir };
};

/** `vitrine up`, until it says how it is. */
async function up(): Promise<StackStatus> {
  running = spawn(process.execPath, [bin, "up", "--scale", "0.01", "--port", String(port), "--json"], {
    env: env(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  if (!running.stdout) throw new Error("It has an output.");
  for await (const line of createInterface({ input: running.stdout })) return JSON.parse(line);
  throw new Error("`vitrine up` ended by itself.");
}

async function stop(): Promise<number | null> {
  const child = running;
  running = undefined;
  if (!child) return null;
  const ended = once(child, "exit");
  child.kill("SIGINT");
  return (await ended)[0];
}

/** Any other command: its exit code and what it printed. */
const vitrine = (...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [bin, ...args], { env: env() }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

async function ask(query: string): Promise<{ readonly data: Record<string, unknown> }> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data: Record<string, unknown> };
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "vitrine-up-"));
  port = await chooseFreePort();
});
afterAll(async () => {
  await stop();
  rmSync(dataDir, { recursive: true });
});

// It loads the samples of all domains, on whatever else this machine does.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

describe("vitrine up", () => {
  it("serves a mirrored shop, tells where, and leaves nothing running", async () => {
    const status = await up();

    expect(status).toMatchObject({
      healthy: true,
      problems: [],
      graphql: [`http://127.0.0.1:${port}/graphql`],
    });
    expect(status.models.every((model) => model.rebuild === "done")).toBe(true);
    const documents = status.models.find((model) => model.model === "customer_orders")?.documents;
    expect(documents).toBeGreaterThan(50);
    const query = (source: string) =>
      `{ customerOrdersConnection(first: 3, source: ${source}) { totalCount nodes { name orders { total items { name } } } } }`;
    const [live, mirror] = await Promise.all([ask(query("LIVE")), ask(query("MIRROR"))]);
    expect(mirror.data).toEqual(live.data);
    expect(live.data).toMatchObject({ customerOrdersConnection: { totalCount: documents } });

    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toContain('vitrine_loader_rebuilds_total{model="customer_orders"} 1\n');
    expect(metrics).toContain('vitrine_mirror_usable{model="customer_orders"} 1\n');

    const seen = await vitrine("status", "--json");
    expect(seen.code).toBe(0);
    expect(JSON.parse(seen.stdout)).toMatchObject({ healthy: true, graphql: status.graphql });
    const second = await vitrine("up", "--port", String(port));
    expect(second).toMatchObject({ code: 69, stderr: expect.stringContaining(`Port ${port} is taken`) });
    expect((await vitrine("doctor")).code).toBe(0);

    expect(await stop()).toBe(0);
    // Of Node: a leak, a deprecation, a rejection that nobody heard.
    expect(said).not.toMatch(/Warning:/);
    expect(findProcess((argv) => argv.some((word) => word.includes(join(dataDir, "m"))))).toBeNull();
    expect(await vitrine("status")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("No stack is running"),
    });
  });

  it("goes on from the data of the start before", async () => {
    const status = await up();
    expect(status.healthy).toBe(true);
    expect(status.models.find((model) => model.model === "customer_orders")?.documents).toBeGreaterThan(50);

    // Of a whole server, so it is tried on one that nobody else uses.
    const admin = openMariaDb(
      toMariaDbUrl(dataDir, "vitrine_admin", Number(new URL(status.mariadb.url).port)),
    );
    await admin.run("set global local_infile = 0, read_only = 1");
    expect(await vitrine("doctor")).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^PROBLEM {2}local_infile: 0; imports need local-infile=1$/m),
      stderr: "Not as needed: local_infile, read_only. [UNHEALTHY]\n",
    });
    await admin.run("set global read_only = 0");

    // As an older release leaves it.
    await admin.run(
      "update vitrine_state set shape_hash = 'older', shape = null where model = 'order_details'",
    );
    await admin.close();
    await stop();
    expect((await up()).problems).toEqual([]);
    await stop();
  });
});

describe("a wrong command line", () => {
  it("ends with 2 and says what is wrong", async () => {
    expect(await vitrine("upp")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown command"),
    });
    expect(await vitrine("up", "--scale", "-1")).toMatchObject({ code: 2 });
    expect(await vitrine("up", "--port", "seven")).toMatchObject({
      code: 78,
      stderr: expect.stringContaining("PORT"),
    });
  });
});
