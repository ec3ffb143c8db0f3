import { Long } from "mongodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { decimal, int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { hashDocument, toMirroredForm } from "../../../src/stores/conversion/mirrored-form.ts";
import { MAX_DOCUMENT_BYTES } from "../../../src/stores/mongodb/mirror-operations.ts";
import { findOlder, streamMirror } from "../../../src/stores/mongodb/mirror-range.ts";
import { readApplied } from "../../../src/stores/mongodb/mirror-records.ts";
import { probeMongo } from "../../../src/stores/mongodb/mirror-server.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { insertBatch, type MirrorEntry, writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { prepareCollection } from "../../../src/stores/mongodb/prepare-collection.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const model = defineModel({
  name: "note",
  typeName: "Note",
  description: "A note.",
  key: "noteId",
  fields: {
    noteId: int("Number."),
    text: string("Text.", { filter: true }),
    price: decimal("Price.", 2, { nullable: true }),
    body: string("Long text.", { nullable: true }),
  },
});

const at = (n: number) => ({ n: BigInt(n), incarnation: "life-1" });
const note = (id: number, text: string): MirrorEntry => ({
  id: String(id),
  document: { noteId: id, text, price: "1.50", body: null },
});
const large = (id: number, bytes: number): MirrorEntry => ({
  id: String(id),
  document: { noteId: id, text: "", price: null, body: "x".repeat(bytes) },
});
const gone = (id: number): MirrorEntry => ({ id: String(id), document: null });

describe("the guarded write", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openTestDatabase({ migrate: false });
  });
  afterAll(() => db?.close());
  beforeEach(async () => {
    await db.mongo.db.dropDatabase();
    await prepareCollection(db.mongo, model);
  });

  const textOf = async (id: number) =>
    (await createMirrorStore(db.mongo).findByIds(model, [String(id)])).get(String(id))?.text;
  const stored = async () => {
    const found = [];
    for await (const one of streamMirror(db.mongo, model, { after: null, upTo: null, deep: true }))
      found.push(one);
    return found;
  };

  it("writes new documents and replaces older ones", async () => {
    expect(await writeBatch(db.mongo, model, at(1), [note(1, "a"), note(2, "b")])).toMatchObject({
      written: 2,
      skipped: 0,
      rejected: [],
    });
    await writeBatch(db.mongo, model, at(2), [note(1, "c")]);
    expect(await textOf(1)).toBe("c");
    expect(await textOf(2)).toBe("b");
    expect((await readApplied(db.mongo)).get("note")).toEqual({ n: 2n, incarnation: "life-1" });
  });

  it("skips a stale write and still writes the rest of its batch", async () => {
    await writeBatch(db.mongo, model, at(5), [note(1, "new")]);
    const outcome = await writeBatch(db.mongo, model, at(4), [note(1, "old"), note(2, "only")]);
    expect(outcome).toMatchObject({ written: 1, skipped: 1, rejected: [] });
    expect(await textOf(1)).toBe("new");
    expect(await textOf(2)).toBe("only");
    expect((await readApplied(db.mongo)).get("note")?.n).toBe(5n);
  });

  it("changes nothing when a batch is repeated", async () => {
    await writeBatch(db.mongo, model, at(3), [note(1, "a"), gone(2)]);
    const before = await stored();
    await writeBatch(db.mongo, model, at(3), [note(1, "a"), gone(2)]);
    expect(await stored()).toEqual(before);
  });

  it("keeps a tombstone against an older write, hides it, and lets a newer one revive the document", async () => {
    await writeBatch(db.mongo, model, at(1), [note(1, "a")]);
    await writeBatch(db.mongo, model, at(3), [gone(1)]);
    expect(await writeBatch(db.mongo, model, at(2), [note(1, "late")])).toMatchObject({ skipped: 1 });
    expect(await textOf(1)).toBeUndefined();
    expect(await createMirrorStore(db.mongo).count(model, null)).toBe(0);
    expect(await stored()).toMatchObject([{ id: "1", version: 3n, isTombstone: true }]);
    await writeBatch(db.mongo, model, at(4), [note(1, "back")]);
    expect(await textOf(1)).toBe("back");
  });

  it("ends with the newest when writers race", async () => {
    const versions = Array.from({ length: 24 }, (_, index) => index + 1).sort(
      (a, b) => ((a * 7) % 25) - ((b * 7) % 25),
    );
    const ids = Array.from({ length: 20 }, (_, index) => index);
    await Promise.all(
      versions.map((n) =>
        writeBatch(
          db.mongo,
          model,
          at(n),
          ids.map((id) => (n === 24 && id % 5 === 0 ? gone(id) : note(id, `v${n}`))),
        ),
      ),
    );
    const found = await stored();
    expect(found.map((one) => one.version)).toEqual(ids.map(() => 24n));
    expect(found.filter((one) => one.isTombstone).map((one) => one.id)).toEqual(["0", "5", "10", "15"]);
    expect((await readApplied(db.mongo)).get("note")?.n).toBe(24n);
  });

  it("refuses what the validator refuses, alone", async () => {
    const wrong: MirrorEntry = { id: "7", document: { noteId: 7, text: 5, price: null, body: null } };
    const outcome = await writeBatch(db.mongo, model, at(1), [note(1, "a"), wrong, note(2, "b")]);
    expect(outcome.written).toBe(2);
    expect(outcome.rejected).toEqual([{ id: "7", reason: expect.stringMatching(/valid/i) }]);
    const inserted = await insertBatch(db.mongo, model, at(2), [note(3, "c"), { ...wrong, id: "8" }]);
    expect(inserted).toMatchObject({ written: 1, skipped: 0, rejected: [{ id: "8" }] });
  });

  it("refuses a document beyond 16 MiB, alone", async () => {
    for (const write of [writeBatch, insertBatch]) {
      const outcome = await write(db.mongo, model, at(1), [
        note(1, "a"),
        large(9, MAX_DOCUMENT_BYTES),
        note(2, "b"),
      ]);
      expect(outcome.rejected).toEqual([{ id: "9", reason: expect.stringContaining("16777216") }]);
      expect(await textOf(2)).toBe("b");
    }
  });

  it("stores a document just below 16 MiB, and batches larger than a message", async () => {
    const entries = [1, 2, 3, 4].map((id) => large(id, MAX_DOCUMENT_BYTES - 4096));
    expect(await writeBatch(db.mongo, model, at(1), entries)).toMatchObject({
      written: 4,
      rejected: [],
    });
  });

  it("refuses, and does not take for a newer version, what another unique index keeps out", async () => {
    await db.mongo.db.collection("note").createIndex({ text: 1 }, { name: "by_hand", unique: true });
    await writeBatch(db.mongo, model, at(1), [note(1, "same")]);
    const outcome = await writeBatch(db.mongo, model, at(2), [note(2, "same")]);
    expect(outcome).toMatchObject({ written: 0, skipped: 0, rejected: [{ id: "2" }] });
  });

  it("inserts in a rebuild what is missing and replaces only what is older", async () => {
    await writeBatch(db.mongo, model, at(1), [note(1, "old")]);
    await writeBatch(db.mongo, model, at(9), [note(2, "newer"), gone(3)]);
    const outcome = await insertBatch(
      db.mongo,
      model,
      at(5),
      [1, 2, 3, 4].map((id) => note(id, "rebuilt")),
    );
    expect(outcome).toMatchObject({ written: 2, skipped: 2, rejected: [] });
    expect(await textOf(1)).toBe("rebuilt");
    expect(await textOf(2)).toBe("newer");
    expect(await textOf(3)).toBeUndefined();
    expect(await textOf(4)).toBe("rebuilt");
    expect(await findOlder(db.mongo, model, 9n, null, 10)).toEqual(["1", "4"]);
    expect(await findOlder(db.mongo, model, 9n, "1", 10)).toEqual(["4"]);
  });

  it("shows an edit by hand as another content hash", async () => {
    await writeBatch(db.mongo, model, at(1), [note(1, "a"), note(2, "b")]);
    await db.mongo.db.collection<{ _id: number }>("note").updateOne({ _id: 2 }, { $set: { text: "edited" } });
    const [first, second] = await stored();
    const written = (text: string, id: number) => note(id, text).document ?? {};
    expect(first?.hash).toBe(hashDocument(written("a", 1)));
    expect(first?.contentHash).toBe(toMirroredForm(model, written("a", 1)).contentHash);
    expect(second?.hash).toBe(hashDocument(written("b", 2)));
    expect(second?.contentHash).not.toBe(toMirroredForm(model, written("b", 2)).contentHash);
  });

  it("asks for a majority and its journal, in a transaction too, and reads what a majority has", async () => {
    const url = new URL(db.mongodbUrl);
    url.searchParams.set("monitorCommands", "true");
    const mongo = openMongoDb(url.href);
    const commands: Record<string, unknown>[] = [];
    mongo.client.on("commandStarted", ({ command }) => commands.push(command));
    const ofKind = (name: string) => commands.filter((command) => name in command);
    const durable = { w: "majority", j: true };
    try {
      await writeBatch(mongo, model, at(5), [note(1, "a")]);
      if ((await probeMongo(mongo)).transactions)
        expect(ofKind("commitTransaction")).toMatchObject([{ writeConcern: durable }]);
      commands.length = 0;
      // Rejected as old, so it is written again outside.
      await writeBatch(mongo, model, at(4), [note(1, "b"), note(2, "c")]);
      await insertBatch(mongo, model, at(6), [note(3, "d")]);
      const alone = [...ofKind("update"), ...ofKind("insert")].filter(
        (command) => !("txnNumber" in command && command.autocommit === false),
      );
      expect(alone.length).toBeGreaterThanOrEqual(3);
      for (const command of alone) expect(command.writeConcern).toMatchObject(durable);
      await createMirrorStore(mongo).findByIds(model, ["1"]);
      expect(ofKind("find").at(-1)).toMatchObject({ readConcern: { level: "majority" } });
    } finally {
      await mongo.close();
    }
  });

  it("writes outside of its transaction what meets another loader's there", async () => {
    await writeBatch(db.mongo, model, at(1), [note(1, "a")]);
    const other = db.mongo.client.startSession();
    other.startTransaction();
    await db.mongo.db
      .collection<{ _id: string }>("_vitrine")
      .updateOne({ _id: "note" }, { $set: { applied: Long.fromNumber(2) } }, { session: other });
    // The documents are its own; the record of what is applied is everybody's.
    const writing = writeBatch(db.mongo, model, at(3), [note(2, "b")]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await other.abortTransaction();
    await other.endSession();
    expect(await writing).toMatchObject({ written: 1, skipped: 0, rejected: [] });
    expect((await readApplied(db.mongo)).get("note")?.n).toBe(3n);
  });

  it("needs transactions for its speed only", async () => {
    const server = await probeMongo(db.mongo);
    expect(server.version).toMatch(/^\d+\./);
    // The same batch, whether it runs in a transaction or, as after a stale write, outside.
    await writeBatch(db.mongo, model, at(5), [note(1, "new")]);
    await writeBatch(db.mongo, model, at(4), [note(1, "old"), note(2, "x"), note(3, "y")]);
    const raw = await db.mongo.db.collection<{ _id: number; _v: Long }>("note").findOne({ _id: 3 });
    expect(raw?._v).toEqual(Long.fromNumber(4));
  });
});
