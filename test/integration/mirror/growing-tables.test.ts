import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import { intercept } from "../../support/intercept.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
});
afterAll(() => garden.close());
const never = new AbortController().signal;

/** A database of which rows are added before each range of plants is read, as often as said: as by writers who never rest. */
function addedTo(db: MariaDb, after: number) {
  const times = 40;
  let added = 0;
  const growing = intercept(db, async (sql) => {
    if (!/from .?plant_card.? where .* limit \d+$/s.test(sql) || added >= times) return;
    added += 1;
    await garden.db.run(
      "insert into plant (plant_id, bed_id, species, height, planted) values (?, 1, 'Moss', 3, utc_timestamp(3))",
      [after + added],
    );
  });
  return { growing, added: () => added };
}

test("a rebuild ends while rows are added all the time, and so does verify", async () => {
  const model = { ...garden.model("plant_card"), batch: 3 };
  let seen = () => 0;
  const wrap = (db: MariaDb) => {
    const { growing, added } = addedTo(db, 1000);
    seen = added;
    return growing;
  };
  await garden.createLoader([model], { wrap }).once(never);
  expect(seen()).toBeGreaterThan(1);
  expect(seen()).toBeLessThan(20);
  const { growing, added } = addedTo(garden.db, 2000);
  await verifyModel({ db: growing, mongo: garden.mongo, model, deep: true, signal: never });
  expect(added()).toBeGreaterThan(1);
  expect(added()).toBeLessThan(20);
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
});
