import { afterAll, beforeAll, expect, test } from "vitest";
import { readCycle } from "../../../src/mirror/resolve/cycle.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { int, string } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { touchBy } from "../../support/capture.ts";
import { everything } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

const beds: DocumentModel = defineModel({
  name: "beds",
  typeName: "Bed",
  description: "A bed.",
  key: "bedId",
  fields: { bedId: int("Number."), name: string("Name.") },
});

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden?.close());

test("a model that reads a table since a moment ago is asked what its changes touch, whatever the loader knew before", async () => {
  const known = await everything(garden.db);
  await garden.admin.query("create view beds as select bed_id, name from bed");
  const touched = "select vitrine_id as change_id, bed_id as document_id from vitrine_change_bed";
  await touchBy(garden.admin, "beds", "bed", touched);
  await garden.db.run("update bed set name = 'Moved' where bed_id = 1");
  const cycle = await withSnapshots(garden.db, (snapshots) =>
    readCycle(snapshots, [...garden.models, beds], known),
  );
  expect(cycle.touched.get(beds)).toMatchObject([{ id: "1" }]);
});
