import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { readStates } from "../../../src/core/model-state.ts";
import { createBatchReader } from "../../../src/mirror/apply/batch-reader.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import { bigint, string } from "../../../src/models/field.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { intercept } from "../intercept.ts";
import type { TestMirror } from "../open-mirror.ts";
import { openMirrorGarden } from "./mirror-garden.ts";

export let garden: TestMirror;
/** The definition that is mirrored, one with a field more, and one with another kind of id. */
export let old: DocumentModel;
export let wider: DocumentModel;
export let other: DocumentModel;
export let stop: AbortController;
/** Opens a garden before each test of a file, with one model of it mirrored, and closes it after. */
export function useChangingGarden(): void {
  beforeEach(async () => {
    garden = await openMirrorGarden();
    old = garden.model("plant_card");
    const { harvests, ...head } = old.fields as Record<"harvests", never>;
    const fields = { ...head, note: string("A note."), harvests };
    wider = { ...old, fields, columns: { ...old.columns, note: "note" } };
    other = { ...old, fields: { ...old.fields, plantId: bigint("Number of the plant.") } };
    stop = new AbortController();
    await garden.createLoader([old]).once(stop.signal);
  });
  afterEach(async () => {
    stop.abort();
    await garden.close();
  });
}

export const state = async () => {
  const found = (await readStates(garden.db)).get("plant_card");
  if (!found) throw new Error("The model has no state.");
  return found;
};
export const verify = (model: DocumentModel) =>
  verifyModel({ db: garden.db, mongo: garden.mongo, model, deep: true, signal: stop.signal });
export const isWhole = { isComplete: true, defects: [], unsettled: 0, rejected: 0 };
/** Until nothing is on its way: a rebuild may end before the changes that it has seen are taken from the queue. */
export async function mirror(model: DocumentModel): Promise<void> {
  for (const adoptShapes of [true, false])
    await garden.createLoader([model], { adoptShapes }).once(stop.signal);
}
/** What `migrate up` does before the new processes start. */
export async function addNoteToView(): Promise<void> {
  const view = await readFile(resolve(garden.sqlDir, "views/garden/plant_card.sql"), "utf8");
  const changed = view.replace(
    "    ) as gardener,",
    "    ) as gardener,\n    concat('No. ', plant.plant_id) as note,",
  );
  expect(changed).not.toBe(view);
  await garden.admin.query(changed);
}
/** A loader of another shape, whose rebuild does not end before it is let; it follows changes meanwhile. */
export function startGated(model: DocumentModel) {
  let isOpen = false;
  const open = () => {
    isOpen = true;
  };
  const wrap = (db: typeof garden.db) =>
    intercept(db, (sql) =>
      !isOpen && /set rebuild_status = 'done'/.test(sql) ? Promise.reject(new Error("Not yet.")) : undefined,
    );
  const loader = garden.createLoader([{ ...model, batch: 2 }], { adoptShapes: true, wrap });
  return { open, running: loader.run(stop.signal) };
}
export const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export const readByHand = (model: DocumentModel, ids: readonly string[]) =>
  withSnapshots(garden.db, (snapshots) => createBatchReader(model, () => 0n).readThese(snapshots, ids));
/** Another signal, when the first one has ended what ran. */
export function renewStop(): void {
  stop = new AbortController();
}
