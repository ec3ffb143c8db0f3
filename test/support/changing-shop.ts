import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { readStates } from "../../src/mirror/model-state.ts";
import { createBatchReader } from "../../src/mirror/read-next.ts";
import { withSnapshots } from "../../src/mirror/snapshots.ts";
import { verifyModel } from "../../src/mirror/verify.ts";
import { bigint, string } from "../../src/models/field.ts";
import type { DocumentModel } from "../../src/models/model.ts";
import { intercept } from "./intercept.ts";
import { type MirrorShop, openMirrorShop } from "./mirror-shop.ts";

export let shop: MirrorShop;
/** The definition that is mirrored, one with a field more, and one with another kind of id. */
export let old: DocumentModel;
export let wider: DocumentModel;
export let other: DocumentModel;
export let stop: AbortController;
/** Opens a shop before each test of a file, with one model of it mirrored, and closes it after. */
export function useChangingShop(): void {
  beforeEach(async () => {
    shop = await openMirrorShop();
    old = shop.model("order_details");
    const { items, customer, ...head } = old.fields as Record<"items" | "customer", never>;
    const fields = { ...head, note: string("A note."), items, customer };
    wider = { ...old, fields, columns: { ...old.columns, note: "note" } };
    other = { ...old, fields: { ...old.fields, orderId: bigint("Order number.") } };
    stop = new AbortController();
    await shop.createLoader([old]).once(stop.signal);
  });
  afterEach(async () => {
    stop.abort();
    await shop.close();
  });
}

export const state = async () => {
  const found = (await readStates(shop.db)).get("order_details");
  if (!found) throw new Error("The model has no state.");
  return found;
};
export const verify = (model: DocumentModel) =>
  verifyModel({ db: shop.db, mongo: shop.mongo, model, deep: true, signal: stop.signal });
export const isWhole = { isComplete: true, defects: [], unsettled: 0, dead: 0 };
/** Until nothing is on its way: a rebuild may end before the changes that it has seen are taken from the queue. */
export async function mirror(model: DocumentModel): Promise<void> {
  for (const adoptShapes of [true, false])
    await shop.createLoader([model], { adoptShapes }).once(stop.signal);
}
/** What `migrate up` does before the new processes start. */
export async function addNoteToView(): Promise<void> {
  const view = await readFile(resolve(shop.sqlDir, "views/pos/order_details.sql"), "utf8");
  const changed = view.replace(
    "    ) as buyer,",
    "    ) as buyer,\n    concat('No. ', placed.order_id) as note,",
  );
  expect(changed).not.toBe(view);
  await shop.admin.query(changed);
}
/** A loader of another shape, whose rebuild does not end before it is let; it follows changes meanwhile. */
export function startGated(model: DocumentModel) {
  let isOpen = false;
  const open = () => {
    isOpen = true;
  };
  const wrap = (db: typeof shop.db) =>
    intercept(db, (sql) =>
      !isOpen && /set rebuild_status = 'done'/.test(sql) ? Promise.reject(new Error("Not yet.")) : undefined,
    );
  const loader = shop.createLoader([{ ...model, batch: 2 }], { adoptShapes: true, wrap });
  return { open, running: loader.run(stop.signal) };
}
export const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export const readByHand = (model: DocumentModel, ids: readonly string[]) =>
  withSnapshots(shop.db, (snapshots) => createBatchReader(model, () => 0n).readThese(snapshots, ids));
/** Another signal, when the first one has ended what ran. */
export function renewStop(): void {
  stop = new AbortController();
}
