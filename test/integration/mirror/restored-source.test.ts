import { afterAll, beforeAll, expect, test } from "vitest";
import { beginNewLife } from "../../../src/core/new-life.ts";
import { readPosition } from "../../../src/core/position.ts";
import { awaitWrite } from "../../../src/freshness/await-write.ts";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { checkIdentity } from "../../../src/mirror/guard/check-identity.ts";
import { takePosition } from "../../../src/stores/mariadb/take-token.ts";
import { readApplied } from "../../../src/stores/mongodb/mirror-records.ts";
import { clearChanges } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden?.close());

test("a source that gateways brought past the mirror's positions before a loader looked begins a new life by a word", async () => {
  const { db, mongo, models } = garden;
  const before = await readPosition(db);
  await db.run("update harvest set price = 3 where plant_id = 1");
  await garden.mirror();
  const lost = await takePosition(db);
  // As a copy from before that change, on the same server.
  await db.run("update harvest set price = 9.90 where plant_id = 1");
  await clearChanges(db);
  await db.run("update vitrine_position set n = ?", [before.n]);
  await db.run("update vitrine_state set acked = least(acked, ?), complete = least(complete, ?)", [
    before.n,
    before.n,
  ]);
  const applied = [...(await readApplied(mongo)).values()].map(({ n }) => n);
  const largest = applied.reduce((most, n) => (n > most ? n : most), 0n);
  while ((await takePosition(db)).n <= largest);
  // Positions do not show it any more, and the mirror has what was lost.
  expect(await checkIdentity(db, mongo, models)).toBeNull();
  expect(await garden.disagreements()).not.toEqual([]);

  expect(await beginNewLife(db, null, before.incarnation, largest)).toBe(true);
  // Once.
  expect(await beginNewLife(db, null, before.incarnation, largest)).toBe(false);
  await garden.mirror();
  expect(await garden.disagreements()).toEqual([]);
  expect(await garden.defects()).toEqual([]);
  expect(await checkIdentity(db, mongo, models)).toBeNull();
  // A token of what was lost is not taken for one of what was written since.
  const meter = createFreshness(db, mongo, models);
  expect(await awaitWrite(meter, garden.model("plant_card"), lost, { patienceMs: 100 })).toBe(false);
});
