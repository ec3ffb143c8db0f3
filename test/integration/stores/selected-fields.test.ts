import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { int, list, object, string } from "../../../src/models/field.ts";
import { type Document, defineModel } from "../../../src/models/model.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { prepareCollection } from "../../../src/stores/mongodb/prepare-collection.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { byNumber, documents, filterable } from "./things.ts";
import { openTwoStores, type TwoStores } from "./two-stores.ts";

let stores: TwoStores;
let db: TestDatabase;
beforeAll(async () => {
  [stores, db] = await Promise.all([openTwoStores(), openTestDatabase({ migrate: false })]);
});
afterAll(() => Promise.all([stores?.close(), db?.close()]));

const names = Object.keys(byNumber.fields);
const someFields = fc
  .subarray(names.filter((name) => name !== byNumber.key))
  .map((some) => names.filter((name) => name === byNumber.key || some.includes(name)));

test("both stores give the wanted fields, and no others, as they are in whole documents", async () => {
  await fc.assert(
    fc.asyncProperty(
      documents(byNumber),
      someFields,
      fc.constantFrom(...filterable),
      async (rows, fields, field) => {
        await stores.fill(byNumber, rows);
        const pick = (document: Document | undefined) =>
          document && Object.fromEntries(fields.map((name) => [name, document[name]]));
        const ids = rows.map((row) => String(row.id));
        const found = await stores.both((store) => store.findByIds(byNumber, ids, { fields }));
        expect(ids.map((id) => found.get(id))).toEqual(rows.map(pick));
        for (const document of found.values()) expect(Object.keys(document)).toEqual(fields);
        const page = { where: null, limit: 9, fromEnd: false, after: null, before: null } as const;
        const asked = { ...page, orderBy: [{ field, direction: "desc" }] } as const;
        const whole = await stores.both((store) => store.findPage(byNumber, asked));
        expect(await stores.both((store) => store.findPage(byNumber, asked, { fields }))).toEqual(
          whole.map(pick),
        );
      },
    ),
    { numRuns: 25 },
  );
});

const dear = defineModel({
  name: "dear",
  typeName: "Dear",
  description: "One whose parts nobody can compute.",
  key: "dearId",
  fields: {
    dearId: int("Number."),
    name: string("Name.", { filter: true }),
    note: string("Note."),
    parts: list("Parts.", object("DearPart", "A part.", { n: int("N.") })),
  },
});

test("what is not wanted is not computed, be it live, by id or in a page; and not read from the mirror", async () => {
  const live = createLiveStore(db.reader);
  const mirror = createMirrorStore(db.mongo);
  await db.admin.query(`
    create table dear_row (dear_id int primary key, name varchar(9), note varchar(9)) collate utf8mb4_nopad_bin;
    insert into dear_row values (1, 'a', 'x'), (2, 'b', 'y');
    create view dear as select dear_id, name, note, (select 1 union select dear_id + 1) as parts from dear_row`);
  await prepareCollection(db.mongo, dear);
  await db.mongo.db.command({ collMod: "dear", validator: {} });
  await db.mongo.db.collection<{ _id: number }>("dear").insertMany(
    [1, 2].map((id) => ({
      _id: id,
      _v: 1,
      dearId: id,
      name: id === 1 ? "a" : "b",
      note: id === 1 ? "x" : "y",
      parts: 5,
    })),
  );
  const page = { where: null, orderBy: [], limit: 9, fromEnd: false, after: null, before: null } as const;
  for (const store of [live, mirror]) {
    await expect(store.findPage(dear, page), store.name).rejects.toMatchObject({ code: "DOCUMENT_INVALID" });
    for (const fields of [
      ["dearId", "name"],
      ["dearId", "note"],
    ]) {
      const shown = fields.includes("name")
        ? [
            { dearId: 1, name: "a" },
            { dearId: 2, name: "b" },
          ]
        : [
            { dearId: 1, note: "x" },
            { dearId: 2, note: "y" },
          ];
      expect(await store.findPage(dear, page, { fields }), store.name).toEqual(shown);
      expect([...(await store.findByIds(dear, ["2"], { fields })).values()], store.name).toEqual([shown[1]]);
    }
  }
});

test("a tombstone is no document, whatever is wanted of it", async () => {
  const mirror = createMirrorStore(db.mongo);
  await db.mongo.db
    .collection<{ _id: number }>("dear")
    .insertOne({ _id: 3, _v: 1, _del: true, _at: new Date() } as never);
  for (const fields of [["dearId"], Object.keys(dear.fields)])
    expect(await mirror.findByIds(dear, ["3"], { fields })).toEqual(new Map());
});

test("the mirror is asked for the wanted fields and what the page is ordered by, unless all are wanted", async () => {
  const url = `${db.mongodbUrl}${db.mongodbUrl.includes("?") ? "&" : "?"}monitorCommands=true`;
  const watched = openMongoDb(url);
  const projections: unknown[] = [];
  watched.client.on("commandStarted", ({ command }) => {
    if (command.find === "dear") projections.push(command.projection);
  });
  try {
    const mirror = createMirrorStore(watched);
    const fields = ["dearId", "note"];
    const page = { where: null, limit: 9, fromEnd: false, after: null, before: null } as const;
    await mirror.findPage(dear, { ...page, orderBy: [{ field: "name", direction: "asc" }] }, { fields });
    await mirror.findByIds(dear, ["1"], { fields });
    const all = { fields: Object.keys(dear.fields) };
    await mirror.findByIds(dear, ["9"], all);
    await mirror.findPage(dear, { ...page, orderBy: [], after: [9] }, all);
  } finally {
    await watched.close();
  }
  expect(projections).toEqual([
    { dearId: 1, note: 1, name: 1 },
    { dearId: 1, note: 1, _del: 1 },
    undefined,
    undefined,
  ]);
});
