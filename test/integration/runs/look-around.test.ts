import { afterAll, beforeAll, expect, test } from "vitest";
import { lookAround } from "../../../src/app/keep-schedules.ts";
import { noteFingerprint } from "../../../src/core/capture-notes.ts";
import { recordRun } from "../../../src/core/runs.ts";
import { openSchedule } from "../../../src/core/schedules.ts";
import { VitrineError } from "../../../src/errors.ts";
import { readTriggerFingerprint } from "../../../src/migrations/check-capture-triggers.ts";
import { findConditions } from "../../../src/monitor/find-conditions.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
});
afterAll(() => shop?.close());

test("What is wrong in a database is seen there: runs, lag, rejected documents, schedules, triggers", async () => {
  const { admin, loader } = shop;
  const schedules = { files: { at: "* * * * *", run: { verb: "export", out: "/files" } } } as const;
  const config = { alerts: { webhook: undefined, secret: undefined, command: undefined, lagSeconds: 60 } };
  const project = { ...shop.project, sqlDir: shop.sqlDir, schedules };
  const look = async () =>
    findConditions(await lookAround({ admin, loader, project, config }), []).map(
      ({ kind, subject }) => `${kind} ${subject}`,
    );
  await shop.mirror();
  await noteFingerprint(loader, await readTriggerFingerprint(loader));
  await openSchedule(loader, "files");
  expect(await look()).toEqual([]);

  const refused = new VitrineError("IMPORT_INPUT", "customers.csv is missing.");
  await recordRun(loader, { kind: "import", name: "pos all" }, () => Promise.reject(refused)).catch(() => {});
  await recordRun(loader, { kind: "verify", name: "all models" }, () =>
    Promise.reject(new VitrineError("DEFECT_FOUND", "1 documents of the mirror are wrong, proven.")),
  ).catch(() => {});
  await admin.query(
    `insert into vitrine_rejected (model, document_id, reason) values ('order_details', '7', 'It has no id.');
    insert into vitrine_pending (model, document_id, logged_at)
      values ('monthly_sales', '2026-11', utc_timestamp(6) - interval 2 minute);
    update vitrine_schedule set seen_at = seen_at - interval 1 hour;
    drop trigger order_after_insert_capture`,
  );
  expect(await look()).toEqual([
    "run import pos all",
    "defect verify all models",
    "lag monthly_sales",
    "rejected order_details",
    "capture triggers",
    "schedule files",
  ]);
});
