import { afterAll, beforeAll, expect, test } from "vitest";
import { readRejected } from "../../../src/core/rejected-documents.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import { int, string } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { captureTables, touchBy } from "../../support/capture.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;

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
  garden = await openMirrorGarden();
  await garden.admin.query(`
      create table label (label_id int primary key auto_increment, code text not null, title varchar(20))
        collate utf8mb4_nopad_bin`);
  await captureTables(garden.admin, [{ table: "label", keys: ["code"] }]);
  const touched = "select vitrine_id as change_id, code as document_id from vitrine_change_label";
  await touchBy(garden.admin, "labels", "label", touched);
});
afterAll(() => garden?.close());

const never = new AbortController().signal;
const rebuild = (model: DocumentModel) => garden.createLoader([model]).rebuild([model], never);
const verify = (model: DocumentModel) =>
  verifyModel({ db: garden.db, mongo: garden.mongo, model, deep: false, signal: never });

const fill = async (codes: readonly string[]) => {
  await garden.db.run("delete from label");
  await garden.db.run("insert into label (code, title) values ?", [codes.map((text) => [text, "Fine"])]);
  await garden.admin.query(`create or replace view labels as
      select code, title from label`);
};
const mirrored = async () =>
  (await garden.mongo.db.collection("labels").find({ title: "Fine" }).toArray()).map(({ _id }) => _id).sort();
/** Of either definition, as if it were the first. */
const forget = async () => {
  await garden.db.run("delete from vitrine_state where model = 'labels'");
  await garden.db.run("delete from vitrine_rejected where model = 'labels'");
  await garden.mongo.db.dropCollection("labels");
};

test("text that is too long for an id, at the end of a range and in it", async () => {
  const long = "z".repeat(300);
  await fill(["a", "b", long]);
  await rebuild({ ...labels, batch: 1 });
  expect(await mirrored()).toEqual(["a", "b"]);
  expect(await readRejected(garden.db, labels)).toMatchObject([
    { documentId: "null", reason: expect.stringContaining("zzz") },
  ]);
  await rebuild({ ...labels, batch: 250 });
  expect(await mirrored()).toEqual(["a", "b"]);
  expect(await verify(labels)).toMatchObject({ checked: 2, defects: [], unsettled: 0, rejected: 1 });
  await garden.db.run("delete from label where length(code) > 255");
  await rebuild(labels);
  expect(await readRejected(garden.db, labels)).toEqual([]);
  await forget();
});

test("text where numbers are wanted", async () => {
  await fill(["1", "12.5", "2", "30x"]);
  for (const batch of [1, 2, 250]) {
    await rebuild({ ...numbered, batch });
    expect(await mirrored()).toEqual([1, 2]);
    expect(await readRejected(garden.db, numbered)).toMatchObject([{ documentId: "null" }]);
  }
  await forget();
});
