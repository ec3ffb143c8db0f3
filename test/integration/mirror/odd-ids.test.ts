import { afterAll, beforeAll, expect, test } from "vitest";
import { readRejected } from "../../../src/core/rejected-documents.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import { int, string } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { captureTables, touchBy } from "../../support/capture.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;

/** Their ids are text, whatever the model says of its key. */
const labels: DocumentModel = defineModel({
  name: "labels",
  typeName: "Label",
  description: "A label.",
  key: "code",
  fields: { code: string("Code."), title: string("Title.") },
});
const numbered: DocumentModel = defineModel({
  name: "labels",
  typeName: "Label",
  description: "A label.",
  key: "code",
  fields: { code: int("Number."), title: string("Title.") },
});

beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.admin.query(`
      create table label (label_id int primary key auto_increment, code text not null, title varchar(20))
        collate utf8mb4_nopad_bin`);
  await captureTables(shop.admin, [{ table: "label", keys: ["code"] }]);
  const touched = "select vitrine_id as change_id, code as document_id from vitrine_change_label";
  await touchBy(shop.admin, "labels", "label", touched);
});
afterAll(() => shop?.close());

const never = new AbortController().signal;
const rebuild = (model: DocumentModel) => shop.createLoader([model]).rebuild([model], never);
const verify = (model: DocumentModel) =>
  verifyModel({ db: shop.db, mongo: shop.mongo, model, deep: false, signal: never });

const fill = async (codes: readonly string[]) => {
  await shop.db.run("delete from label");
  await shop.db.run("insert into label (code, title) values ?", [codes.map((text) => [text, "Fine"])]);
  await shop.admin.query(`create or replace view labels as
      select code, title from label`);
};
const mirrored = async () =>
  (await shop.mongo.db.collection("labels").find({ title: "Fine" }).toArray()).map(({ _id }) => _id).sort();
/** Of either definition, as if it were the first. */
const forget = async () => {
  await shop.db.run("delete from vitrine_state where model = 'labels'");
  await shop.db.run("delete from vitrine_rejected where model = 'labels'");
  await shop.mongo.db.dropCollection("labels");
};

test("text that is too long for an id, at the end of a range and in it", async () => {
  const long = "z".repeat(300);
  await fill(["a", "b", long]);
  await rebuild({ ...labels, batch: 1 });
  expect(await mirrored()).toEqual(["a", "b"]);
  expect(await readRejected(shop.db, labels)).toMatchObject([
    { documentId: "null", reason: expect.stringContaining("zzz") },
  ]);
  await rebuild({ ...labels, batch: 250 });
  expect(await mirrored()).toEqual(["a", "b"]);
  expect(await verify(labels)).toMatchObject({ checked: 2, defects: [], unsettled: 0, rejected: 1 });
  await shop.db.run("delete from label where length(code) > 255");
  await rebuild(labels);
  expect(await readRejected(shop.db, labels)).toEqual([]);
  await forget();
});

test("text where numbers are wanted", async () => {
  await fill(["1", "12.5", "2", "30x"]);
  for (const batch of [1, 2, 250]) {
    await rebuild({ ...numbered, batch });
    expect(await mirrored()).toEqual([1, 2]);
    expect(await readRejected(shop.db, numbered)).toMatchObject([{ documentId: "null" }]);
  }
  await forget();
});
