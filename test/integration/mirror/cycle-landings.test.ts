import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFastPath } from "../../../src/mirror/lanes/fast.ts";
import { createExhausted } from "../../../src/mirror/resolve/exhausted.ts";
import { runResolver } from "../../../src/mirror/resolve/resolve-loop.ts";
import { createSnapshotPool } from "../../../src/mirror/snapshots.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { countChanges } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
let models: readonly DocumentModel[];
beforeAll(async () => {
  garden = await openMirrorGarden();
  models = ["gardener_plants", "plant_card", "bed_gardeners"].map(garden.model);
  await garden.mirror();
});
afterAll(() => garden?.close());

const rename = (name: string) => garden.db.run("update gardener set name = ? where gardener_id = 1", [name]);
const renamed = async () =>
  (await garden.mongo.db.collection<{ _id: number; name?: string }>("gardener_plants").findOne({ _id: 1 }))
    ?.name;

test("a cycle is told of only when those before it have landed, however long one of them takes", async () => {
  const hold = new AbortController();
  let isFirst = true;
  const slow: MariaDb = {
    ...garden.db,
    withConnection: (work) =>
      garden.db.withConnection((connection) =>
        work({
          ...connection,
          run: async (sql, values) => {
            if (isFirst && /update vitrine_state set acked/.test(sql)) {
              isFirst = false;
              await once(hold.signal, "abort");
            }
            return connection.run(sql, values);
          },
        }),
      ),
  };
  // Else the cycles meet in the rows of models that these loaders do not know.
  await garden.db.run("update vitrine_state set rebuild_status = 'needed' where model not in (?)", [
    models.map(({ name }) => name),
  ]);
  const told: { position: bigint; changes: number }[] = [];
  const fast = createFastPath({
    mongo: garden.mongo,
    readyIn: (model) => model.name,
    onEvent: () => undefined,
    deadlineMs: 10_000,
  });
  const stop = new AbortController();
  const running = runResolver({
    ...{ db: slow, models, fast, signal: stop.signal },
    ...{ snapshots: createSnapshotPool(slow, 1), exhausted: createExhausted() },
    onResolved: ({ position, changes }) => told.push({ position, changes }),
  });
  await rename("First");
  await expect.poll(renamed, { interval: 5 }).toBe("First");
  await rename("Second");
  // Landed, in the mirror or in the queue, while the first is still being acknowledged …
  await expect.poll(() => countChanges(garden.db), { interval: 5 }).toBe(1);
  expect(told.filter((one) => one.changes > 0)).toEqual([]);
  hold.abort();
  await expect.poll(() => told.filter((one) => one.changes > 0).length).toBe(2);
  const positions = told.map((one) => one.position);
  expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
  stop.abort();
  await running;
});
