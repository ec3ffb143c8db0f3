import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deletePending } from "../../../src/mirror/pending-queue.ts";
import { readCommitted } from "../../../src/mirror/sql-faults.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
});
afterAll(() => shop.close());

test("a loader that stalls in its acknowledgement is cut off, and another acknowledges the same rows", async () => {
  const { insertId } = await shop.db.run(
    "insert into mirror_pending (model, document_id, logged_at) values ('order_details', '1', utc_timestamp(6))",
  );
  const rows = [String(insertId)];
  const stalled = readCommitted(shop.db, async (connection) => {
    await deletePending(connection, rows);
    await sleep(12_000);
    await deletePending(connection, rows);
  });
  const cutOff = expect(stalled).rejects.toThrow();
  await sleep(200);
  const started = Date.now();
  expect(await readCommitted(shop.db, (connection) => deletePending(connection, rows))).toBe(1);
  expect(Date.now() - started).toBeLessThan(9000);
  await cutOff;
});
