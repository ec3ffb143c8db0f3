import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

/** Of plants in one bed each, so that no document is large. */
const PLANTS = 6000;

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.db.run(
    `insert into bed (bed_id, name, kind, area) select 1000 + seq, concat('Bed ', seq), 'raised', 2 from seq_1_to_${PLANTS / 10}`,
  );
  await garden.db.run(
    `insert into plant (plant_id, bed_id, gardener_id, species, height, planted)
    select 10000 + seq, 1000 + ceiling(seq / 10), null, 'Moss', 3, utc_timestamp(3) from seq_1_to_${PLANTS}`,
  );
  await garden.mirror();
});
afterAll(() => garden.close());

test("one statement over very many rows is resolved in cycles that grow, and the mirror is right", async () => {
  const stop = new AbortController();
  garden.events.length = 0;
  const running = garden.createLoader().run(stop.signal);
  const cycles = () =>
    garden.events.flatMap((event) => (event.type === "resolved" && event.changes > 0 ? [event.changes] : []));
  try {
    await garden.db.run("update plant set height = height + 1 where plant_id > 10000");
    await vi.waitFor(() => expect(cycles().reduce((sum, one) => sum + one, 0)).toBe(PLANTS), {
      timeout: 120_000,
    });
  } finally {
    stop.abort();
    await running;
  }
  expect(Math.max(...cycles())).toBeGreaterThan(1000);
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
}, 180_000);

test("a rebuild over all of it renews what is as it should be, and mends what somebody has edited", async () => {
  const cards = garden.mongo.db.collection<{ _id: number; _v: number }>("plant_card");
  const read = () => cards.find().sort({ _id: 1 }).toArray();
  const written = await read();
  await cards.updateMany({ _id: { $gt: 15_990 } }, { $set: { species: "Fern" } });
  await garden.createLoader().rebuild(garden.models, new AbortController().signal);
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
  const now = await read();
  expect(now.map((card) => ({ ...card, _v: 0 }))).toEqual(written.map((card) => ({ ...card, _v: 0 })));
  expect(now.filter((card, at) => Number(card._v) <= Number(written[at]?._v))).toEqual([]);
}, 180_000);
