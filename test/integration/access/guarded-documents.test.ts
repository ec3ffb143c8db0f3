import { createHmac } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mask } from "../../../src/models/access.ts";
import type { Document } from "../../../src/models/model.ts";
import { filterFields } from "../../../src/stores/cube-store.ts";
import {
  type DocumentStore,
  type Filter,
  type FilterValue,
  type OrderTerm,
  type PageRequest,
  toTotalOrder,
} from "../../../src/stores/document-store.ts";
import { matchesFilter } from "../../../src/stores/match-filter.ts";
import { shareReads } from "../../../src/stores/share-reads.ts";
import { fitsRule, randomRule } from "../../support/random-rules.ts";
import { guardOf, MASK_KEY } from "../../support/role-of.ts";
import { cases } from "../stores/questions-of-things.ts";
import { byNumber, byText, filterable, values } from "../stores/things.ts";
import { openTwoStores, type TwoStores } from "../stores/two-stores.ts";

const { parts: _parts, ...ofFilters } = values;
/** Fields that a role lacks, and one that it sees masked; its rule may be over any of them. */
const rights = fc.record({
  hidden: fc.subarray(["whole", "price", "mood", "parts", "parts.t", "moment"]),
  mask: fc.option(fc.constantFrom<Mask>("null", "last4", "hash")),
});

function masked(mask: Mask, value: unknown): unknown {
  if (typeof value !== "string" || mask === "null") return null;
  const letters = [...value];
  if (mask === "last4") return letters.length < 8 ? "…" : `…${letters.slice(letters.length - 4).join("")}`;
  return createHmac("sha256", MASK_KEY).update(value).digest("base64url").slice(0, 22);
}

describe("documents by random rules", () => {
  let stores: TwoStores;
  beforeAll(async () => {
    stores = await openTwoStores();
  });
  afterAll(() => stores?.close());

  for (const model of [byNumber, byText])
    it(`are of both stores those that the rule leaves, through every read (${model.name})`, async () => {
      const asked = fc.tuple(cases(model), randomRule(model, ofFilters), rights);
      await fc.assert(
        fc.asyncProperty(asked, async ([one, rule, { hidden, mask }]) => {
          await stores.fill(model, one.documents);
          const guard = guardOf(
            [{ model, where: rule.rule, hidden, masks: mask ? { thing: mask } : {} }],
            rule.claims,
          );
          const show = (document: Document): Document =>
            Object.fromEntries(
              Object.entries(document).flatMap(([name, value]) => {
                if (hidden.includes(name)) return [];
                if (name === "thing" && mask) return [[name, masked(mask, value)]];
                if (name !== "parts" || !hidden.includes("parts.t")) return [[name, value]];
                return [[name, (value as readonly { n: number }[]).map(({ n }) => ({ n }))]];
              }),
            );
          const theirs = one.documents.filter((row) => fitsRule(model, rule, row));
          const both = <T>(ask: (store: DocumentStore, isGuarded: boolean) => Promise<T>) =>
            stores.both(async (store) => {
              const pair = { live: shareReads(store), mirror: shareReads(store) };
              return ask(guard.stores(pair)[store.name], true);
            });

          const found = await both((store) =>
            store.findByIds(
              model,
              one.documents.map(({ id }) => String(id)),
            ),
          );
          expect([...found.entries()].sort()).toEqual(
            theirs.map((row) => [String(row.id), show(row)] as const).sort(),
          );
          const isSeen = (name: string) =>
            name === "id" ||
            (filterable.some((field) => field === name) &&
              !hidden.includes(name) &&
              !(name === "thing" && mask));
          for (const where of one.filters) {
            if (!filterFields(where).every(isSeen)) {
              const code = { code: "FORBIDDEN" };
              await expect(both((store) => store.count(model, where))).rejects.toMatchObject(code);
              continue;
            }
            const fitting = theirs.filter((row) => !where || matchesFilter(model, where, row));
            expect(await both((store) => store.count(model, where))).toBe(fitting.length);
            const streamed = await both(async (store) => {
              const all: Document[] = [];
              for await (const document of store.stream(model, where)) all.push(document);
              return all;
            });
            const ids = new Set(fitting.map(({ id }) => id));
            // What somebody without a role gets, and of that what is theirs.
            const order = async (orderBy: readonly OrderTerm[]) =>
              (await stores.both((store) => store.findPage(model, page(where, orderBy, 1000)))).filter(
                ({ id }) => ids.has(id),
              );
            expect(streamed).toEqual((await order([])).map(show));
            for (const orderBy of one.orders.filter((terms) => terms.every(({ field }) => isSeen(field)))) {
              const expected = await order(orderBy);
              const pages: Document[] = [];
              for (let after: PageRequest["after"] = null; ; ) {
                const request = { ...page(where, orderBy, one.limit), after };
                const next = await both((store) => store.findPage(model, request));
                pages.push(...next);
                const last = expected[pages.length - 1];
                if (!last || next.length < one.limit) break;
                after = toTotalOrder(model, orderBy).map(({ field }) => last[field] as FilterValue | null);
              }
              expect(pages).toEqual(expected.map(show));
            }
          }
        }),
        { numRuns: Number(process.env.VITRINE_TEST_RUNS ?? 15) },
      );
    }, 120_000);
});

const page = (where: Filter | null, orderBy: readonly OrderTerm[], limit: number): PageRequest => ({
  where,
  orderBy,
  limit,
  after: null,
  before: null,
  fromEnd: false,
});
