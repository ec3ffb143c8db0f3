import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { lookAround } from "../../../src/app/keep-schedules.ts";
import { type Alert, raiseAlerts, readRaisedAlerts } from "../../../src/core/alerts.ts";
import { noteFingerprint } from "../../../src/core/capture-notes.ts";
import { recordRun } from "../../../src/core/runs.ts";
import { openSchedule } from "../../../src/core/schedules.ts";
import { type ErrorCode, VitrineError } from "../../../src/errors.ts";
import { readTriggerFingerprint } from "../../../src/migrations/check-capture-triggers.ts";
import { findConditions } from "../../../src/monitor/find-conditions.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
  await noteFingerprint(shop.loader, await readTriggerFingerprint(shop.loader));
});
afterAll(() => shop?.close());
beforeEach(() => shop.admin.query("delete from vitrine_run; delete from vitrine_alert"));

async function findNow(raised: readonly Alert[] = []) {
  const { admin, loader } = shop;
  const schedules = { files: { at: "* * * * *", run: { verb: "export", out: "/files" } } } as const;
  const config = { alerts: { webhook: undefined, secret: undefined, command: undefined, lagSeconds: 60 } };
  const project = { ...shop.project, sqlDir: shop.sqlDir, schedules };
  return findConditions(await lookAround({ admin, loader, project, config }, raised), raised);
}
const look = async (raised: readonly Alert[] = []) =>
  (await findNow(raised)).map(({ kind, subject }) => `${kind} ${subject}`);

const fail = (kind: "import" | "verify", name: string, code: ErrorCode) =>
  recordRun(shop.loader, { kind, name }, () => Promise.reject(new VitrineError(code, "It says why."))).catch(
    () => {},
  );
const age = (days: number) =>
  shop.admin.run("update vitrine_run set started_at = started_at - interval ? day", [days]);

test("What is wrong in a database is seen there: runs, lag, rejected documents, schedules, triggers", async () => {
  const { admin, loader } = shop;
  await openSchedule(loader, "files");
  expect(await look()).toEqual([]);
  await fail("import", "pos all", "IMPORT_INPUT");
  await fail("verify", "all models", "DEFECT_FOUND");
  await admin.query(
    `insert into vitrine_rejected (model, document_id, reason) values ('order_details', '7', 'It has no id.');
    insert into vitrine_pending (model, document_id, logged_at)
      values ('monthly_sales', '2026-11', utc_timestamp(6) - interval 2 minute);
    update vitrine_schedule set seen_at = seen_at - interval 1 hour`,
  );
  expect(await look()).toEqual([
    "run import pos all",
    "defect verify all models",
    "lag monthly_sales",
    "rejected order_details",
    "schedule files",
  ]);
  await admin.query(
    "delete from vitrine_rejected; delete from vitrine_pending; delete from vitrine_schedule",
  );
});

test("An alert goes on until what it is about is mended, and a defect is one however old it is", async () => {
  const { loader } = shop;
  await fail("import", "pos all", "IMPORT_INPUT");
  await raiseAlerts(loader, await findNow());
  const raised = await readRaisedAlerts(loader);
  await fail("import", "pos other", "IMPORT_INPUT");
  await fail("verify", "all models", "DEFECT_FOUND");
  await fail("verify", "bed", "UNHEALTHY");
  await age(8);
  expect(await look(raised)).toEqual(["run import pos all", "defect verify all models"]);
  await recordRun(loader, { kind: "import", name: "pos all" }, async () => {});
  await recordRun(loader, { kind: "verify", name: "all models" }, async () => {});
  expect(await look(raised)).toEqual([]);
});

test("Triggers that are gone are seen, and so is that nobody can tell", async () => {
  const { admin } = shop;
  await admin.query("drop trigger order_after_insert_capture");
  expect(await look()).toEqual(["capture triggers"]);
  await admin.query("drop function vitrine_read_trigger_fingerprint");
  await fail("import", "pos all", "IMPORT_INPUT");
  expect(await look()).toEqual(["run import pos all", "capture triggers"]);
});
