import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pos } from "../../../src/domains/pos/index.ts";
import type { Document, DocumentModel } from "../../../src/models/model.ts";
import type { DocumentStore } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readMoment } from "../../support/settle.ts";
import { prepareShop, shopOperation } from "../../support/shop-operations.ts";
import { attempt } from "../../support/soundness.ts";

/** What every model showed at a moment, read while it was the present. */
interface Past {
  readonly moment: string;
  readonly documents: ReadonlyMap<string, readonly Document[]>;
}

const seed = 20_240_501;
let db: TestDatabase;
let live: DocumentStore;
const past: Past[] = [];

const readAll = async (model: DocumentModel, asOf?: string): Promise<readonly Document[]> => {
  const documents: Document[] = [];
  for await (const document of live.stream(model, null, { asOf, timeoutMs: 20_000 }))
    documents.push(document);
  return documents;
};

/** A shop, and three times twenty-five writes to it; what a rule refuses is not written. */
beforeAll(async () => {
  db = await openTestDatabase();
  live = createLiveStore(db.reader);
  await prepareShop(db.admin);
  const operations = fc.sample(shopOperation, { numRuns: 75, seed });
  for (let done = 0; done <= operations.length; done += 25) {
    const documents = new Map<string, readonly Document[]>();
    for (const model of pos.models) documents.set(model.name, await readAll(model));
    past.push({ moment: await readMoment(db.admin), documents });
    await db.admin.withConnection(async (connection) => {
      for (const operation of operations.slice(done, done + 25)) await attempt(connection, operation);
    });
  }
});
afterAll(() => db?.close());

test.each(pos.models.map((model) => [model.name, model] as const))(
  "%s shows as of each moment what it showed at that moment",
  async (name, model) => {
    for (const { moment, documents } of past)
      expect(await readAll(model, moment), `as of ${moment}, seed ${seed}`).toEqual(documents.get(name));
    // What never differed would say nothing.
    expect(new Set(past.map(({ documents }) => JSON.stringify(documents.get(name)))).size).toBeGreaterThan(1);
  },
);
