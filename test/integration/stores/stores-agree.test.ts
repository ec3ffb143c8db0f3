import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Document, DocumentModel } from "../../../src/models/model.ts";
import type {
  DocumentStore,
  Filter,
  FilterValue,
  OrderTerm,
  PageRequest,
} from "../../../src/stores/document-store.ts";
import { toTotalOrder } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { prepareCollection } from "../../../src/stores/mongodb/mirror-schema.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { type Case, cases } from "./questions-of-things.ts";
import { byNumber, byText, createTable, createView, filterable, texts } from "./things.ts";

describe("live and mirror", () => {
  let db: TestDatabase;
  let stores: readonly [DocumentStore, DocumentStore];
  let position = 0n;
  beforeAll(async () => {
    db = await openTestDatabase({ migrate: false });
    stores = [createLiveStore(db.reader), createMirrorStore(db.mongo)];
    for (const [model, key] of [
      [byNumber, "bigint"],
      [byText, "varchar(60)"],
    ] as const) {
      await db.admin.query(createTable(model, key));
      await db.admin.query(createView(model));
      await prepareCollection(db.mongo, model);
    }
  });
  afterAll(() => db?.close());

  /** The rows by plain SQL, the mirror through the live store, as the loader does; those gone are tombstones. */
  async function fill(model: DocumentModel, rows: readonly Document[]): Promise<void> {
    const gone = (await db.admin.query(`select document_id from t_${model.name}`)).map((one) =>
      String(one.document_id),
    );
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
    expect(outcome.refused).toEqual([]);
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

  async function walk(
    model: DocumentModel,
    where: Filter | null,
    orderBy: readonly OrderTerm[],
    { limit, fromEnd }: Case,
  ) {
    const page = (after: PageRequest["after"]): PageRequest => ({
      where,
      orderBy,
      limit,
      fromEnd,
      after: fromEnd ? null : after,
      before: fromEnd ? after : null,
    });
    const seen: Document[] = [];
    for (let after: PageRequest["after"] = null; ; ) {
      const found = await both((store) => store.findPage(model, page(after)));
      if (fromEnd) seen.unshift(...found);
      else seen.push(...found);
      const last = fromEnd ? found[0] : found.at(-1);
      if (!last || found.length < limit) return seen;
      // Order terms are scalars.
      after = toTotalOrder(model, orderBy).map((term) => last[term.field] as FilterValue | null);
    }
  }

  for (const model of [byNumber, byText])
    it(`give equal documents, counts, pages and streams for any data and question (${model.name})`, async () => {
      await fc.assert(
        fc.asyncProperty(cases(model), async (one) => {
          await fill(model, one.documents);
          for (const where of one.filters) {
            const count = await both((store) => store.count(model, where));
            const streamed = await both(async (store) => {
              const all: Document[] = [];
              for await (const document of store.stream(model, where)) all.push(document);
              return all;
            });
            expect(streamed.length).toBe(count);
            for (const orderBy of one.orders) {
              const whole = await both((store) =>
                store.findPage(model, {
                  where,
                  orderBy,
                  limit: 100,
                  fromEnd: false,
                  after: null,
                  before: null,
                }),
              );
              expect(whole.length).toBe(count);
              expect(await walk(model, where, orderBy, one)).toEqual(whole);
              const [first, last] = [whole[0], whole.at(-1)];
              if (!first || !last) continue;
              const place = (document: Document) =>
                toTotalOrder(model, orderBy).map((term) => document[term.field] as FilterValue | null);
              const between = await both((store) =>
                store.findPage(model, {
                  where,
                  orderBy,
                  limit: 100,
                  fromEnd: false,
                  after: place(first),
                  before: place(last),
                }),
              );
              expect(between).toEqual(whole.slice(1, -1));
            }
            // A filter and its opposite share out all documents.
            if (where) {
              const rest = await both((store) => store.count(model, { kind: "not", filter: where }));
              expect(count + rest).toBe(one.documents.length);
            }
          }
        }),
        { numRuns: Number(process.env.VITRINE_TEST_RUNS ?? 15) },
      );
    }, 120_000);

  it("agree on every operator between any two of the awkward texts", async () => {
    const rest = Object.fromEntries(filterable.map((name) => [name, null]));
    await fill(
      byText,
      texts.map((one) => ({ ...rest, id: one, thing: one, parts: [] })),
    );
    const ids = (store: DocumentStore, where: Filter) =>
      store
        .findPage(byText, { where, orderBy: [], limit: 100, fromEnd: false, after: null, before: null })
        .then((found) => found.map((one) => one.id));
    for (const operator of ["eq", "lt", "gte", "contains", "startsWith"] as const)
      for (const value of texts)
        for (const field of operator === "startsWith" ? ["id", "thing"] : ["thing"]) {
          const found = await both((store) => ids(store, { kind: "compare", field, operator, value }));
          if (operator === "eq") expect(found).toEqual([value]);
          if (operator === "contains" || operator === "startsWith")
            expect([...found].sort()).toEqual(
              texts
                .filter((one) => (operator === "contains" ? one.includes(value) : one.startsWith(value)))
                .sort(),
            );
        }
  });
});
