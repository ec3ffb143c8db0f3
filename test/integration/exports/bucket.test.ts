import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { readRuns } from "../../../src/core/read-runs.ts";
import type { Destination } from "../../../src/exports/destinations/destination.ts";
import { openDestination } from "../../../src/exports/destinations/open-destination.ts";
import { exportChanges } from "../../../src/exports/incremental/export-changes.ts";
import { readManifests } from "../../../src/exports/incremental/manifest.ts";
import { verifyDestination } from "../../../src/exports/incremental/verify-destination.ts";
import everything from "../../../vitrine.config.ts";
import { openBucket, secretOfBucket, type TestBucket } from "../../support/bucket.ts";
import { openMirrorShop } from "../../support/mirror-shop.ts";
import type { TestMirror } from "../../support/open-mirror.ts";
import { readFinalState, readLiveState } from "../../support/read-changes.ts";
import { vitrineEnvironment } from "../../support/run-vitrine.ts";

const signal = new AbortController().signal;
let shop: TestMirror;
let bucket: TestBucket;
let destination: Destination;
let folder: string;
let stop: AbortController;
let following: Promise<void>;
beforeAll(async () => {
  shop = await openMirrorShop(everything);
  await shop.mirror();
  stop = new AbortController();
  following = shop.createLoader().run(stop.signal);
}, 180_000);
afterAll(async () => {
  stop?.abort();
  await following?.catch(() => undefined);
  await shop?.close();
});
beforeEach(async () => {
  bucket = await openBucket();
  destination = await openDestination("s3://exports/shop/files", bucket.access);
  folder = await mkdtemp(join(tmpdir(), "vitrine-bucket-"));
});
afterEach(async () => {
  await bucket?.close();
  await rm(folder, { recursive: true, force: true });
});

const models = () => [shop.model("order_details"), shop.model("customer_orders")];
const run = () =>
  exportChanges({
    db: shop.db,
    mongo: shop.mongo,
    destination,
    models: models(),
    signal,
    patienceMs: 20_000,
  });
const defects = async () =>
  (
    await verifyDestination({ db: shop.db, mongo: shop.mongo, destination, models: models(), signal })
  ).flatMap((report) => report.defects);

/** All that can be seen in the bucket, as DuckDB reads it, is what MariaDB says. */
async function expectWhole(): Promise<void> {
  for (const [key, bytes] of await bucket.read()) {
    const path = join(folder, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  for (const model of models())
    expect(await readFinalState(join(folder, "shop/files"), model), model.name).toEqual(
      await readLiveState(shop.db, model),
    );
}

test("runs into a bucket are together the models, and verify proves it there", async () => {
  await run();
  await shop.db.run("update customer set last_name = concat(last_name, 'x') limit 1");
  await run();
  const keys = [...(await bucket.read()).keys()];
  expect(
    keys.filter((key) => /^shop\/files\/customer_orders\/date=[^/]+\/\d+\.parquet$/.test(key)),
  ).toHaveLength(2);
  expect(await defects()).toEqual([]);
  await expectWhole();
});

test("a large file goes in parts, is not seen before it is whole, and not at all when it is given up", async () => {
  const pieces = Array.from({ length: 45 }, () => randomBytes(1024 * 1024));
  const sha256 = createHash("sha256").update(Buffer.concat(pieces)).digest("hex");
  async function* content() {
    yield* pieces;
  }
  const parts: string[] = [];
  bucket.intercept(async (method, path) => {
    if (method === "PUT") parts.push(path);
    return null;
  });
  const file = await destination.write("large.parquet", content(), signal);
  expect(await destination.list("", { signal })).toEqual([]);
  expect(parts).toHaveLength(6);
  await file.publish();
  await file.discard();
  expect(file).toMatchObject({ bytes: 45 * 1024 * 1024, sha256 });
  const [stored] = (await bucket.read()).values();
  expect(
    createHash("sha256")
      .update(stored ?? "")
      .digest("hex"),
  ).toBe(sha256);
  await (await destination.write("given-up.parquet", content(), signal)).discard();
  expect((await destination.list("", { signal })).map(({ path }) => path)).toEqual(["large.parquet"]);
});

/** `vitrine export --incremental` in a process of its own, with the account in its environment alone. */
function startExport(verb: readonly string[] = []) {
  const names = models().map(({ name }) => name);
  const to = "s3://exports/shop/files";
  const args = verb.length > 0 ? ["export", ...verb, to] : ["export", ...names, "--incremental", "--to", to];
  const { endpoint = "", credentials } = bucket.access;
  const child = spawn(process.execPath, ["bin/vitrine.mjs", ...args], {
    env: {
      ...vitrineEnvironment(shop, folder),
      LOG_LEVEL: "debug",
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const ended = new Promise<{ code: number | null; said: string }>((done) =>
    child.on("close", (code) => done({ code, said })),
  );
  return { child, ended };
}

test.each([1, 2, 3])(
  "an export that is killed at its request no. %i to write leaves nothing half-done",
  async (fatal) => {
    const { child, ended } = startExport();
    let writes = 0;
    bucket.intercept(async (method) => {
      if (method !== "PUT") return null;
      writes += 1;
      if (writes === fatal) child.kill("SIGKILL");
      return writes >= fatal ? { status: 503, code: "SlowDown" } : null;
    });
    expect((await ended).code).toBe(null);
    expect(writes).toBeGreaterThanOrEqual(fatal);
    bucket.intercept(null);
    // It never says that it has ended: a minute later the log tells it as lost.
    expect(await readRuns(shop.db, { kind: "export", first: 1 })).toMatchObject([
      { endedAt: null, rows: null, outcome: "running" },
    ]);
    await shop.db.run("update vitrine_run set alive_until = utc_timestamp(3) - interval 1 second");
    expect(await readRuns(shop.db, { outcome: "lost", first: 1 })).toHaveLength(1);
    const listed = await destination.list("", { signal });
    const described = new Set((await readManifests(destination, listed, signal)).map(({ file }) => file));
    const seen = listed.map(({ path }) => path).filter((path) => path.endsWith(".parquet"));
    expect(seen.filter((path) => !described.has(path))).toEqual([]);
    await run();
    expect(await defects()).toEqual([]);
    await expectWhole();
  },
  120_000,
);

test("the commands write to a bucket and verify it, by an account of the environment that they tell nobody", async () => {
  const exported = await startExport().ended;
  const verified = await startExport(["verify"]).ended;
  expect([exported.code, verified.code], exported.said + verified.said).toEqual([0, 0]);
  expect(exported.said).toContain("order_details/date=");
  expect(verified.said).toMatch(/order_details: \d+ documents proven .* 0 defects/);
  expect(exported.said + verified.said).not.toContain(secretOfBucket);
  expect(exported.said).not.toContain("NodeVersionSupportWarning");
}, 120_000);
