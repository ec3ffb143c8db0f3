import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readRuns } from "../../../src/core/read-runs.ts";
import type { Destination } from "../../../src/exports/destinations/destination.ts";
import { openDestination } from "../../../src/exports/destinations/open-destination.ts";
import { openS3 } from "../../../src/exports/destinations/s3.ts";
import { exportChanges } from "../../../src/exports/incremental/export-changes.ts";
import { readManifests } from "../../../src/exports/incremental/manifest.ts";
import { verifyDestination } from "../../../src/exports/incremental/verify-destination.ts";
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
  shop = await openMirrorShop();
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

describe("a bucket that cannot take files is a clear error, names no secret and keeps what it has:", () => {
  const refusedBy = async (work: () => Promise<unknown>) => {
    const error: unknown = await work().then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof Error)) throw new Error("Nothing was refused.");
    const all = JSON.stringify([error.message, error.stack, String(error.cause), error]);
    expect(all).not.toContain(secretOfBucket);
    expect(all.toLowerCase()).not.toContain("authorization");
    return error;
  };

  test.each([
    ["full", 507, "XMinioStorageFull", "it is full"],
    ["over its quota", 403, "QuotaExceeded", "it is full"],
    ["forbidden", 403, "AccessDenied", "access is denied"],
    ["not known to the account", 403, "InvalidAccessKeyId", "it does not know the account"],
    ["broken", 500, "InternalError", "does not answer"],
  ])("%s", async (_what, status, code, sentence) => {
    await run();
    const before = [...(await bucket.read()).keys()];
    await shop.db.run("update customer set last_name = concat(last_name, 'y') limit 1");
    bucket.intercept(async (method) => (method === "PUT" ? { status, code } : null));
    const error = await refusedBy(run);
    expect(error).toMatchObject({ code: "EXPORT_FAILED", message: expect.stringContaining(sentence) });
    expect(error.message).toContain("s3://exports/shop/files");
    expect([...(await bucket.read()).keys()]).toEqual(before);
    bucket.intercept(null);
    await run();
    expect(await defects()).toEqual([]);
  });

  test("away", async () => {
    await bucket.close();
    expect(await refusedBy(run)).toMatchObject({
      code: "EXPORT_FAILED",
      message: expect.stringContaining("does not answer (ECONNREFUSED)"),
    });
    bucket = await openBucket();
  });

  test("not there", async () => {
    destination = await openDestination("s3://nowhere/files", bucket.access);
    expect(await refusedBy(run)).toMatchObject({
      code: "EXPORT_FAILED",
      message: expect.stringContaining("there is no such bucket"),
    });
  });

  test("broken while its files are verified: that proves nothing", async () => {
    await run();
    bucket.intercept(async (method, path) =>
      method === "GET" && path.includes(".parquet") ? { status: 503, code: "SlowDown" } : null,
    );
    expect(await refusedBy(defects)).toMatchObject({
      code: "EXPORT_FAILED",
      message: expect.stringContaining("does not answer"),
    });
  });

  test("silent", async () => {
    await run();
    bucket.intercept(() => new Promise(() => undefined));
    destination = openS3("exports", "shop/files", bucket.access, 100);
    const told = expect.stringContaining("does not answer");
    expect(await refusedBy(run)).toMatchObject({ code: "EXPORT_FAILED", message: told });
    expect(await refusedBy(defects)).toMatchObject({ code: "EXPORT_FAILED", message: told });
  });

  test.each(["export", "verify"])("silent, and the %s is stopped", async (deed) => {
    await run();
    const stop = new AbortController();
    bucket.intercept(async () => {
      stop.abort();
      return new Promise(() => undefined);
    });
    const request = { db: shop.db, mongo: shop.mongo, destination, models: models(), signal: stop.signal };
    const error = await refusedBy(() =>
      deed === "export" ? exportChanges(request) : verifyDestination(request),
    );
    expect(error).toMatchObject({ code: "CANCELLED" });
  });

  test("without an account, or under an address that is none", async () => {
    await expect(openDestination("s3://exports/shop", null)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
    await expect(openDestination("gs://exports", bucket.access)).rejects.toMatchObject({ code: "USAGE" });
  });
});
