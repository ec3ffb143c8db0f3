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
import { matchesFilter } from "../../../src/stores/match-filter.ts";
import { type Case, cases } from "./questions-of-things.ts";
import { byNumber, byText } from "./things.ts";
import { openTwoStores, type TwoStores } from "./two-stores.ts";

describe("live and mirror", () => {
  let stores: TwoStores;
  beforeAll(async () => {
    stores = await openTwoStores();
  });
  afterAll(() => stores?.close());
  const both = <T>(ask: (store: DocumentStore) => Promise<T>): Promise<T> => stores.both(ask);

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
          await stores.fill(model, one.documents);
          for (const where of one.filters) {
            const count = await both((store) => store.count(model, where));
            const streamed = await both(async (store) => {
              const all: Document[] = [];
              for await (const document of store.stream(model, where)) all.push(document);
              return all;
            });
            expect(streamed.length).toBe(count);
            // A subscription asks the same of a document that is here already.
            const fitting = one.documents.filter((each) => !where || matchesFilter(model, where, each));
            expect(fitting.map(({ id }) => id).sort()).toEqual(streamed.map(({ id }) => id).sort());
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
});
