import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { int, list, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { readDocumentRange, readDocuments } from "../../../src/stores/mariadb/live-documents.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const book = defineModel({
  name: "book",
  typeName: "Book",
  description: "A book.",
  key: "id",
  fields: { id: int("Id."), words: list("Words.", string("A word.")) },
});

const scroll = defineModel({
  name: "scroll",
  typeName: "Scroll",
  description: "A scroll.",
  key: "id",
  fields: { id: int("Id."), text: string("Text.", { nullable: true }) },
});

/** Longest aggregate that the test's sessions allow. */
const MAX_LEN = 1024;

describe("reading documents of a view", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openTestDatabase({ migrate: false });
    await db.admin.query(`
      create table book_row (id int, fault varchar(20)) collate utf8mb4_nopad_bin;
      create table word (book int, n int, word varchar(100), key (book)) collate utf8mb4_nopad_bin;
      create view book as select id, if(fault = 'broken', '["a', if(fault = 'none', null,
        coalesce((select json_arrayagg(word order by n) from word where book = id), json_array())
      )) as words from book_row`);
    await db.admin.query(
      "insert into book_row values (1, ''), (2, ''), (3, 'broken'), (4, 'none'), (5, ''), (5, ''), (6, '')",
    );
    await db.admin.query(
      "insert into word select 2, seq, repeat('x', 20) from seq_1_to_100 union all select 1, 1, 'a' union all select 6, 1, 'z'",
    );
  });
  afterAll(() => db?.close());

  const cut = <T>(work: Parameters<typeof db.reader.withConnection<T>>[0]) =>
    db.reader.withConnection<T>(async (connection) => {
      await connection.query(`set group_concat_max_len = ${MAX_LEN}`);
      try {
        return await work(connection);
      } finally {
        await connection.query("set group_concat_max_len = 1073741824");
      }
    });

  it("never takes a cut aggregate for a document, and names the one that was cut", async () => {
    const found = await cut((connection) => readDocuments(connection, book, ["1", "2", "6"]));
    expect([...found.documents.keys()]).toEqual(["1", "6"]);
    expect([...found.invalid.keys()]).toEqual(["2"]);
    expect(found.invalid.get("2")?.message).toContain("book 2");
    const range = await cut((connection) => readDocumentRange(connection, book, null, 10));
    expect([...range.documents.keys()]).toEqual(["1", "6"]);
  });

  it("never takes a value that is larger than a packet, and comes as null, for a document", async () => {
    await db.admin.query(`
      create table scroll_row (id int, length bigint);
      insert into scroll_row values (1, 3), (2, @@max_allowed_packet + 1);
      insert into scroll_row select -seq, 1 from seq_1_to_100;
      create view scroll as select id, if(length = 1, 1 / 0, repeat('x', length)) as text from scroll_row`);
    const found = await db.reader.withConnection((connection) =>
      readDocuments(connection, scroll, ["1", "2"]),
    );
    expect([...found.documents.values()]).toEqual([{ id: 1, text: "xxx" }]);
    expect([...found.invalid.keys()]).toEqual(["2"]);
  });

  it("finds it behind more warnings of another kind than the server lists by itself", async () => {
    const range = await db.reader.withConnection((connection) =>
      readDocumentRange(connection, scroll, null, 250),
    );
    expect(range.documents.size).toBe(101);
    expect([...range.invalid.keys()]).toEqual(["2"]);
  });

  it("takes no document on trust that comes with more warnings than are listed", async () => {
    await db.admin.query(`
      create table noisy_row (id int, noise int);
      insert into noisy_row values (1, 0), (2, 70000), (3, 1);
      create view noisy as select id,
        (select cast(sum(cast(concat(seq, 'x') as int)) as char) from seq_1_to_100000
          where seq <= noisy_row.noise) as text from noisy_row`);
    const noisy = { ...scroll, name: "noisy" };
    const range = await db.reader.withConnection((connection) =>
      readDocumentRange(connection, noisy, null, 10),
    );
    expect([...range.documents.keys()]).toEqual(["1", "3"]);
    expect(range.invalid.get("2")?.message).toContain("warnings");
  });

  it("reads it whole under the settings of every session", async () => {
    const [one] = (await createLiveStore(db.reader).findByIds(book, ["2"])).values();
    expect(one?.words).toHaveLength(100);
  });

  it("rejects each broken, missing or doubled document and gives the others", async () => {
    const found = await db.reader.withConnection((connection) =>
      readDocumentRange(connection, book, null, 10),
    );
    expect([...found.documents.keys()]).toEqual(["1", "2", "6"]);
    expect([...found.invalid].map(([id, error]) => [id, error.code])).toEqual([
      ["3", "DOCUMENT_INVALID"],
      ["4", "DOCUMENT_INVALID"],
      ["5", "DOCUMENT_INVALID"],
    ]);
  });

  it("gives a reader no part of an answer for the whole", async () => {
    const store = createLiveStore(db.reader);
    await expect(store.findByIds(book, ["1", "3"])).rejects.toMatchObject({ code: "DOCUMENT_INVALID" });
  });

  it("finds nothing for text that is no id", async () => {
    const found = await createLiveStore(db.reader).findByIds(book, [
      "1abc",
      "1.0",
      " 1",
      "01",
      "0x1",
      "1",
      "",
    ]);
    expect([...found.keys()]).toEqual(["1"]);
  });

  it("reads more ids than one statement may have", async () => {
    const ids = Array.from({ length: 2500 }, (_, index) => String(index - 2000));
    const found = await createLiveStore(db.reader).findByIds(
      book,
      ids.filter((id) => !["3", "4", "5"].includes(id)),
    );
    expect([...found.keys()]).toEqual(["1", "2", "6"]);
  });

  it("reports a row without id", async () => {
    await db.admin.query("insert into book_row values (null, '')");
    const found = await db.reader.withConnection((connection) =>
      readDocumentRange(connection, book, null, 10),
    );
    expect(found.invalid.get("null")?.message).toContain("its id is null");
    await db.admin.query("delete from book_row where id is null");
  });
});
