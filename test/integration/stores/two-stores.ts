import { expect } from "vitest";
import type { Document, DocumentModel } from "../../../src/models/model.ts";
import type { DocumentStore } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { prepareCollection } from "../../../src/stores/mongodb/prepare-collection.ts";
import { openTestDatabase } from "../../support/database.ts";
import { byNumber, byText, createTable, createView } from "./things.ts";

export type TwoStores = Awaited<ReturnType<typeof openTwoStores>>;

/** Both stores over a database of their own, with the models of things.ts and no documents. */
export async function openTwoStores() {
  const db = await openTestDatabase({ migrate: false });
  const stores = [createLiveStore(db.reader), createMirrorStore(db.mongo)] as const;
  let position = 0n;
  for (const [model, key] of [
    [byNumber, "bigint"],
    [byText, "varchar(60)"],
  ] as const) {
    await db.admin.query(createTable(model, key));
    await db.admin.query(createView(model));
    await prepareCollection(db.mongo, model);
  }

  /** The rows by plain SQL, the mirror through the live store, as the loader does; those gone are tombstones. */
  async function fill(model: DocumentModel, rows: readonly Document[]): Promise<void> {
    const gone = (await db.admin.query(`select id from t_${model.name}`)).map((one) => String(one.id));
    await db.admin.query(`delete from t_${model.name}`);
    if (rows.length > 0)
      await db.admin.query(`insert into t_${model.name} values ?`, [
        rows.map((one) => [
          one.id,
          one.thing,
          one.whole,
          one.big,
          one.price,
          one.tiny,
          one.isOpen,
          one.day,
          typeof one.moment === "string" ? one.moment.replace("T", " ").replace("Z", "") : null,
          one.mood,
          JSON.stringify(one.parts),
        ]),
      ]);
    const found = await stores[0].findByIds(model, [...gone, ...rows.map((one) => String(one.id))]);
    position++;
    const entries = [...new Set([...gone, ...found.keys()])].map((id) => ({
      id,
      document: found.get(id) ?? null,
    }));
    const outcome = await writeBatch(db.mongo, model, { n: position, incarnation: "x" }, entries);
    expect(outcome.rejected).toEqual([]);
    // What came through both stores is what was put in.
    for (const store of stores) {
      const read = await store.findByIds(
        model,
        rows.map((one) => String(one.id)),
      );
      expect(rows.map((one) => read.get(String(one.id)))).toEqual(rows);
    }
  }

  const both = async <T>(ask: (store: DocumentStore) => Promise<T>): Promise<T> => {
    const [live, mirror] = await Promise.all(stores.map(ask));
    expect(mirror).toEqual(live);
    return live as T; // there are two stores
  };

  return { fill, both, close: () => db.close() };
}
