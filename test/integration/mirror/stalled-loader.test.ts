import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deletePending } from "../../../src/core/pending-queue.ts";
import { readCommitted } from "../../../src/core/read-committed.ts";
import { applyBatch } from "../../../src/mirror/apply/apply-batch.ts";
import { createBatchReader } from "../../../src/mirror/apply/batch-reader.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
});
afterAll(() => garden.close());

test("a loader that stalls in its acknowledgement is cut off, and another acknowledges the same rows", async () => {
  const { insertId } = await garden.db.run(
    "insert into vitrine_pending (model, document_id, logged_at) values ('plant_card', '1', utc_timestamp(6))",
  );
  const rows = [String(insertId)];
  const stalled = readCommitted(garden.db, async (connection) => {
    await deletePending(connection, rows);
    await sleep(8000);
    await deletePending(connection, rows);
  });
  const cutOff = expect(stalled).rejects.toThrow();
  await sleep(200);
  const started = Date.now();
  expect(await readCommitted(garden.db, (connection) => deletePending(connection, rows))).toBe(1);
  expect(Date.now() - started).toBeLessThan(7500);
  await cutOff;
});

test("a connection that acknowledged is no sooner cut off in the hands of others", async () => {
  const one = openMariaDb(garden.mariadbUrl, { size: 1 });
  const readLimit = () =>
    one.query("select connection_id() as id, @@idle_write_transaction_timeout as seconds");
  const before = await readLimit();
  await readCommitted(one, (connection) => deletePending(connection, ["1"]));
  expect(await readLimit()).toEqual(before);
  await one.close();
});

test("documents in a transaction that a killed loader left open are written within seconds", async () => {
  const model = garden.model("plant_card");
  await garden.mirror();
  const batch = await withSnapshots(garden.db, (snapshots) =>
    createBatchReader(model, () => 0n).readThese(snapshots, ["1"]),
  );
  const killed = garden.mongo.client.startSession();
  killed.startTransaction();
  await garden.mongo.db
    .collection<{ _id: number }>(model.name)
    .updateOne({ _id: 1 }, { $set: { species: null } }, { session: killed, bypassDocumentValidation: true });
  const started = Date.now();
  const applied = await applyBatch({ db: garden.db, mongo: garden.mongo, model: model }, batch);
  expect(applied.outcome.written).toBe(1);
  expect(Date.now() - started).toBeLessThan(15_000);
  await killed.endSession();
});

test("a batch that MongoDB did not take stays in the queue, and is gone once it did", async () => {
  const model = garden.model("plant_card");
  await garden.mirror();
  await garden.db.run(
    "insert into vitrine_pending (model, document_id, logged_at) values ('plant_card', '1', utc_timestamp(6))",
  );
  const waiting = () => garden.db.query("select document_id from vitrine_pending");
  const { batch } = await withSnapshots(garden.db, (snapshots) =>
    createBatchReader(model, () => 0n).read(snapshots, { changes: true, rebuild: null }),
  );
  if (!batch) throw new Error("Nothing was read.");
  const away = openMongoDb("mongodb://127.0.0.1:9/away");
  await expect(applyBatch({ db: garden.db, mongo: away, model: model }, batch)).rejects.toThrow(/MongoDB/);
  await away.close();
  expect(await waiting()).toHaveLength(1);
  await applyBatch({ db: garden.db, mongo: garden.mongo, model: model }, batch);
  expect(await waiting()).toEqual([]);
});
