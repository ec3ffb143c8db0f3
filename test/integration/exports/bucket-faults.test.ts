import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Destination } from "../../../src/exports/destinations/destination.ts";
import { openDestination } from "../../../src/exports/destinations/open-destination.ts";
import { openS3 } from "../../../src/exports/destinations/s3.ts";
import { exportChanges } from "../../../src/exports/incremental/export-changes.ts";
import { verifyDestination } from "../../../src/exports/incremental/verify-destination.ts";
import { openBucket, secretOfBucket, type TestBucket } from "../../support/bucket.ts";
import { type ExportedGarden, openExportedGarden } from "../../support/garden/export-garden.ts";

let exported: ExportedGarden;
let bucket: TestBucket;
let destination: Destination;
beforeAll(async () => {
  exported = await openExportedGarden();
}, 60_000);
afterAll(() => exported?.close());
beforeEach(async () => {
  bucket = await openBucket();
  destination = await openDestination("s3://exports/shop/files", bucket.access);
});
afterEach(() => bucket?.close());

const models = () => [exported.garden.model("plant_card"), exported.garden.model("gardener_plants")];
const run = () => exported.exportTo(destination, models());
const defects = async () =>
  (await exported.verify(destination, models())).flatMap((report) => report.defects);

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
    await exported.garden.db.run("update plant set height = height + 1 limit 1");
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
    const { db, mongo } = exported.garden;
    const stop = new AbortController();
    bucket.intercept(async () => {
      stop.abort();
      return new Promise(() => undefined);
    });
    const request = { db, mongo, destination, models: models(), signal: stop.signal };
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
