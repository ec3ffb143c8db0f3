import { afterAll, beforeAll, expect, test } from "vitest";
import type { LoaderEvent } from "../../../src/mirror/events.ts";
import { runVerifier } from "../../../src/mirror/verify/run-verifier.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import { string } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { captureTables, touchBy } from "../../support/capture.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;

/** Its key is of MariaDB's default collation, which ignores case, accents and trailing blanks. */
const tags: DocumentModel = defineModel({
  name: "tags",
  typeName: "Tag",
  description: "A tag.",
  key: "code",
  batch: 7,
  fields: { code: string("Code."), title: string("Title.") },
});

beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.admin.query(`
    create table tag (code varchar(20) primary key, title varchar(20)) default charset = utf8mb4 collate = utf8mb4_general_ci;
    create view tags as select code, title from tag;
    insert into tag select concat(elt(1 + seq mod 4, 'a', 'B', 'ß', 'É'), elt(1 + seq mod 3, '', 'x', 'Y'), seq), 'Fine'
      from seq_1_to_100;
    insert into tag values ('trail ', 'Fine')`);
  await captureTables(shop.admin, [{ table: "tag" }]);
  const touched = "select vitrine_id as change_id, code as document_id from vitrine_change_tag";
  await touchBy(shop.admin, "tags", "tag", touched);
  await shop.createLoader([tags]).rebuild([tags], never);
});
afterAll(() => shop?.close());

const never = new AbortController().signal;
const verify = () => verifyModel({ db: shop.db, mongo: shop.mongo, model: tags, deep: true, signal: never });

test("a key whose collation ignores case is rebuilt and verified in the mirror's order", async () => {
  expect(await verify()).toMatchObject({ checked: 101, defects: [], unsettled: 0, rejected: 0 });
  expect(await shop.mongo.db.collection("tags").countDocuments()).toBe(101);
});

test("the verifier finds nothing to mend, range after range", async () => {
  const events: LoaderEvent[] = [];
  const stop = new AbortController();
  const onEvent = (event: LoaderEvent) => {
    events.push(event);
    if (events.length === 25) stop.abort();
  };
  const options = { db: shop.db, mongo: shop.mongo, models: [tags], share: 0.05, everyMs: 1, onEvent };
  await runVerifier(options, stop.signal).catch(() => undefined);
  const verified = events.filter((event) => event.type === "verified");
  expect(verified.length).toBeGreaterThan(20);
  expect(verified.filter((event) => event.defects > 0)).toEqual([]);
});

test("a document whose key gets another case is found by the new one alone", async () => {
  await shop.db.run("update tag set code = 'TRAIL' where code = 'trail'");
  await shop.db.run("insert into vitrine_change_tag (code) values ('trail '), ('TRAIL')");
  await shop.createLoader([tags]).once(never);
  const ids = await shop.mongo.db
    .collection<{ _id: string }>("tags")
    .find({ _id: /^trail/i, _del: { $ne: true } } as object)
    .toArray();
  expect(ids.map(({ _id }) => _id)).toEqual(["TRAIL"]);
  expect(await verify()).toMatchObject({ checked: expect.any(Number), defects: [], unsettled: 0 });
});
