import { afterAll, beforeAll, expect, test } from "vitest";
import { readCycle } from "../../../src/mirror/resolve/cycle.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { string } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { touchBy } from "../../support/capture.ts";
import { everything } from "../../support/changes.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

const zips: DocumentModel = defineModel({
  name: "zips",
  typeName: "Zip",
  description: "A zip.",
  key: "zip",
  fields: { zip: string("Zip."), city: string("City.") },
});

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop?.close());

test("a model that reads a table since a moment ago is asked what its changes touch, whatever the loader knew before", async () => {
  const known = await everything(shop.db);
  await shop.admin.query("create view zips as select zip, city from city");
  const touched = "select vitrine_id as change_id, zip as document_id from vitrine_change_city";
  await touchBy(shop.admin, "zips", "city", touched);
  await shop.db.run("update city set city = 'Moved' where zip = '77002'");
  const cycle = await withSnapshots(shop.db, (snapshots) =>
    readCycle(snapshots, [...shop.models, zips], known),
  );
  expect(cycle.touched.get(zips)).toMatchObject([{ id: "77002" }]);
});
