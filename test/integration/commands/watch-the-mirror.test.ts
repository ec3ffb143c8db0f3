import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runVitrine, vitrineEnvironment } from "../../support/run-vitrine.ts";
import { prepareShop } from "../../support/shop-operations.ts";

/** `vitrine mirror --port`, watched as a monitoring system does. */
let database: TestDatabase;
let dataDir: string;
let loader: ChildProcess | undefined;
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "vitrine-watched-"));
  await prepareShop(database.admin);
});
afterAll(async () => {
  loader?.kill("SIGKILL");
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Starts it; the address that its log tells. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<string> {
  loader = spawn(process.execPath, ["bin/vitrine.mjs", "mirror", "--port", "0"], {
    env: { ...vitrineEnvironment(database, dataDir), LOG_LEVEL: "info", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (!loader.stderr) throw new Error("It has a log.");
  const lines = createInterface({ input: loader.stderr });
  for await (const line of lines) {
    const { probesAt } = JSON.parse(line);
    if (!probesAt) continue;
    // What is not read would stop it.
    loader.stderr.resume();
    return probesAt;
  }
  throw new Error("The loader ended by itself.");
}

async function stop(): Promise<unknown> {
  const child = loader;
  loader = undefined;
  if (!child) return undefined;
  const ended = once(child, "exit");
  child.kill("SIGINT");
  return (await ended)[0];
}

const status = async (url: string) => (await fetch(url)).status;
/** The value of a series, as a monitoring system reads it. */
const metric = async (origin: string, series: string) => {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return text
    .split("\n")
    .find((line) => line.startsWith(`${series} `))
    ?.slice(series.length + 1);
};
const orders = 'model="order_details"';

test("a loader tells whether it is ready, how the mirror is and what it did", async () => {
  const origin = await start({ VITRINE_VERIFY_SHARE: "1" });
  expect(await status(`${origin}/healthz`)).toBe(200);
  await expect.poll(() => status(`${origin}/readyz`), { timeout: 30_000 }).toBe(200);
  expect(await status(`${origin}/graphql`)).toBe(404);
  expect(await metric(origin, `vitrine_mirror_usable{${orders}}`)).toBe("1");
  expect(await metric(origin, `vitrine_mirror_rebuild_state{${orders},state="done"}`)).toBe("1");
  expect(await metric(origin, `vitrine_loader_rebuilds_total{${orders}}`)).toBe("1");
  expect(await metric(origin, "vitrine_mariadb_up")).toBe("1");
  expect(await metric(origin, "vitrine_loader_capture_problem")).toBe("0");

  const written = `vitrine_loader_documents_total{${orders},work="changes",outcome="written"}`;
  expect(await metric(origin, written)).toBe("0");
  await database.admin.run("update orderline set unit_price = 7 where order_id = 1");
  await expect.poll(() => metric(origin, written), { timeout: 10_000 }).toBe("1");
  await expect.poll(() => metric(origin, `vitrine_mirror_pending_changes{${orders}}`)).toBe("0");

  // The share is that of the environment: by default the verifier would look at one document of a model a minute.
  const verified = async () => {
    const text = await (await fetch(`${origin}/metrics`)).text();
    const values = [...text.matchAll(/^vitrine_verified_documents_total\{.*\} (\d+)$/gm)];
    return Math.max(...values.map(([, value]) => Number(value)));
  };
  await expect.poll(verified, { timeout: 20_000 }).toBeGreaterThan(1);

  const lease = await database.admin.query("select 1 from vitrine_lease where lease_name like 'mirror:%'");
  expect(lease, "it takes turns").toHaveLength(1);
  expect(await stop()).toBe(0);
});

test("it stands by while another loader of the same models works, and `--once` does not", async () => {
  const names = await database.admin.query<{ name: string }>("select 1 as name from vitrine_lease");
  expect(names, "the loader that ended left its turn").toEqual([]);
  const origin = await start();
  await expect
    .poll(() => database.admin.query("select 1 from vitrine_lease where lease_name like 'mirror:%'"))
    .toHaveLength(1);
  await database.admin.run(
    "update vitrine_lease set holder = 'another', expires_at = utc_timestamp(3) + interval 1 hour",
  );
  // It has noticed that its turn is over.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const resolved = 'vitrine_loader_changes_total{outcome="resolved"}';
  const before = await metric(origin, resolved);
  await database.admin.run("update product set name = 'Bench' where product_id = 1");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await metric(origin, resolved)).toBe(before);
  expect(await metric(origin, `vitrine_mirror_pending_changes{${orders}}`)).toBe("1");

  expect(await runVitrine(database, dataDir, ["mirror", "--once"])).toMatchObject({ code: 0 });
  await expect.poll(() => metric(origin, `vitrine_mirror_pending_changes{${orders}}`)).toBe("0");
  await database.admin.run("update vitrine_lease set expires_at = utc_timestamp(3) - interval 1 second");
  await database.admin.run("update product set name = 'Stool' where product_id = 1");
  await expect.poll(() => metric(origin, resolved), { timeout: 10_000 }).toBe(String(Number(before) + 1));
  expect(await stop()).toBe(0);
});
