import { afterAll, beforeAll, expect, test } from "vitest";
import { readRejected } from "../../../src/core/rejected-documents.ts";
import { readSourceStatus } from "../../../src/core/source-status.ts";
import { createLogger } from "../../../src/log.ts";
import { createLoader } from "../../../src/mirror/loader.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import { dateTime, decimal, int, object, string } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { captureTables, touchBy } from "../../support/capture.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

/** Its view gives whatever text a row holds, so every kind of bad document can be made. */
const notes: DocumentModel = defineModel({
  name: "notes",
  typeName: "Note",
  description: "A note.",
  key: "noteId",
  fields: {
    noteId: int("Number."),
    body: object("NoteBody", "What it says.", {
      title: string("Title."),
      amount: decimal("Amount.", 2, { nullable: true }),
      at: dateTime("Time.", { nullable: true }),
    }),
  },
});

let shop: MirrorShop;
let models: readonly DocumentModel[];
const never = new AbortController().signal;

beforeAll(async () => {
  shop = await openMirrorShop();
  models = [notes, shop.model("order_details")];
  await shop.admin.query(`
    create table note (row_id int primary key auto_increment, note_id int null, body longtext null);
    create view notes as select note_id, body from note`);
  await captureTables(shop.admin, [{ table: "note", keys: ["note_id"] }]);
  const touched = "select vitrine_id as change_id, note_id as document_id from vitrine_change_note";
  await touchBy(shop.admin, "notes", "note", touched);
  await write(1, good());
  await mirror();
});
afterAll(() => shop.close());

const good = (fields: object = {}) => JSON.stringify({ title: "Fine", amount: null, at: null, ...fields });

/** Replaces the row of a note and logs it, as a capture trigger would. */
async function write(id: number, body: string | null): Promise<void> {
  await shop.db.transaction(async (connection) => {
    await connection.run("delete from note where note_id = ?", [id]);
    await connection.run("insert into note (note_id, body) values (?, ?)", [id, body]);
    await log(connection, id);
  });
}

const log = (db: Pick<MariaDb, "run">, id: number) =>
  db.run("insert into vitrine_change_note (note_id) values (?)", [id]);

const rebuild = (model: DocumentModel) =>
  createLoader({
    db: shop.db,
    mongo: shop.mongo,
    models: [model],
    logger: createLogger("silent"),
  }).rebuild([model], never);

const mirror = (db = shop.db) =>
  createLoader({ db, mongo: shop.mongo, models, logger: createLogger("silent") }).once(never);

const verify = (model = notes) =>
  verifyModel({ db: shop.db, mongo: shop.mongo, model, deep: false, signal: never });

const stored = (id: number) =>
  shop.mongo.db
    .collection<{ _id: number; body: { title: string } }>("notes")
    .findOne({ _id: id })
    .then((found) => found?.body);
const statusOf = async () => (await readSourceStatus(shop.db, models)).models.get("notes");

/** A document is bad beside a good one; then it is mended. */
async function expectRejected(
  body: string | null,
  reason: RegExp,
  { spoil = () => write(2, body), mend = () => write(2, good()), through = shop.db } = {},
): Promise<void> {
  try {
    await spoil();
    await write(3, good({ title: `Beside ${reason}` }));
    await shop.db.run("update orderline set quantity = quantity % 9 + 1 where order_id = 1");
    await mirror(through);
    const [rejected, ...others] = await readRejected(shop.db, notes);
    expect(others).toEqual([]);
    expect(rejected).toMatchObject({ documentId: "2", failures: 1 });
    expect(rejected?.reason).toMatch(reason);
    expect(await statusOf()).toMatchObject({ rejected: 1, pendingChanges: 0 });
    expect(await stored(3)).toMatchObject({ title: `Beside ${reason}` });
    expect((await shop.verify("order_details")).defects).toEqual([]);
    expect(await verify()).toMatchObject({ defects: [], unsettled: 0, rejected: 1 });
  } finally {
    await mend();
    await mirror();
  }
  expect(await readRejected(shop.db, notes)).toEqual([]);
  expect(await stored(2)).toMatchObject({ title: "Fine" });
}

test("invalid JSON", () => expectRejected('{"title": "Ha', /JSON/));

test("JSON that is no object", () => expectRejected("[1, 2]", /expected \{/));

test("no document at all", () => expectRejected(null, /is null/));

test("a document over 16 MiB", () =>
  expectRejected(good({ title: "x".repeat(17 * 2 ** 20) }), /16777216|too large|at most/));

test("a key with a dot", () => expectRejected(good({ "a.b": 1 }), /a\.b/));

test("a key with a dollar", () => expectRejected(good({ $set: 1 }), /\$set/));

test("a number beyond Decimal128", () =>
  expectRejected(good().replace('"amount":null', `"amount":${"9".repeat(40)}.00`), /amount/));

test("a number that is none", () => expectRejected(good({ amount: "NaN" }), /amount/));

test("a date outside of MongoDB's range", () => expectRejected(good({ at: "0000-00-00 00:00:00" }), /at/));

test("a date that no calendar has", () => expectRejected(good({ at: "2024-02-30 00:00:00" }), /at/));

test("an id twice", () =>
  expectRejected(good(), /more than once/, {
    spoil: async () => {
      await write(2, good());
      await shop.db.run("insert into note (note_id, body) values (2, ?)", [good({ title: "Other" })]);
    },
  }));

test("an id twice, where a range ends between the two", async () => {
  await write(2, good());
  await shop.db.run("insert into note (note_id, body) values (2, ?)", [good({ title: "Other" })]);
  await rebuild({ ...notes, batch: 1 });
  expect(await readRejected(shop.db, notes)).toMatchObject([{ documentId: "2" }]);
  await write(2, good());
  await mirror();
  expect(await readRejected(shop.db, notes)).toEqual([]);
});

test("an aggregate that the server cut short", async () => {
  await shop.admin.query(`create or replace view notes as
    select note_id, if(body = 'long', json_object('title', (select group_concat(seq) from seq_1_to_200),
      'amount', null, 'at', null), body) as body
    from note`);
  const short: MariaDb = {
    ...shop.db,
    withConnection: (work) =>
      shop.db.withConnection(async (connection) => {
        await connection.run("set session group_concat_max_len = 64");
        const result = await work(connection);
        await connection.run("set session group_concat_max_len = 1073741824");
        return result;
      }),
  };
  await expectRejected("long", /larger than an aggregate/, { through: short });
  await write(2, "long");
  await mirror();
  expect(String((await stored(2))?.title)).toMatch(/,200$/);
});

test("rows without an id that fill a range do not keep a rebuild from going on", async () => {
  await shop.db.run("insert into note (note_id, body) select null, ? from seq_1_to_12", [good()]);
  await rebuild({ ...notes, batch: 5 });
  expect(await readRejected(shop.db, notes)).toMatchObject([{ documentId: "null" }]);
  await shop.db.run("delete from note where note_id is null");
});

test("a row without an id is reported by a rebuild, and everything else is mirrored", async () => {
  await shop.db.run("insert into note (note_id, body) values (null, ?)", [good()]);
  await write(5, good());
  const loader = createLoader({
    db: shop.db,
    mongo: shop.mongo,
    models,
    logger: createLogger("silent"),
  });
  await loader.rebuild([notes], never);
  expect(await readRejected(shop.db, notes)).toMatchObject([{ documentId: "null" }]);
  expect(await stored(5)).toMatchObject({ title: "Fine" });
  expect((await shop.verify("order_details")).defects).toEqual([]);
  await shop.db.run("delete from note where note_id is null");
  await loader.rebuild([notes], never);
  expect(await readRejected(shop.db, notes)).toEqual([]);
});

test("a rejected document whose row went away unseen is forgotten by a rebuild", async () => {
  await write(8, "[");
  await mirror();
  expect(await readRejected(shop.db, notes)).toMatchObject([{ documentId: "8" }]);
  await shop.db.run("delete from note where note_id = 8");
  await rebuild(notes);
  expect(await readRejected(shop.db, notes)).toEqual([]);
});
