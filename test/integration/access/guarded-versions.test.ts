import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { customer } from "../../../src/domains/pos/models/customer.ts";
import { claim } from "../../../src/models/access.ts";
import type { DocumentStore, Version } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { guardOf, rightsOf, type TestRights } from "../../support/role-of.ts";
import { readMoment } from "../../support/settle.ts";
import { createShop, type Shop } from "../../support/shop.ts";

const zips = {
  "77002": ["Houston", "TX"],
  "90001": ["Los Angeles", "CA"],
  "94102": ["San Francisco", "CA"],
} as const;
type Zip = keyof typeof zips;
/** Who looks after California, and sees neither first names nor where exactly somebody lives. */
const californian: TestRights = {
  model: customer,
  where: { state: { eq: claim("state") } },
  hidden: ["firstName", "name", "zip", "email", "phone", "address1", "address2"],
  history: true,
};

let db: TestDatabase;
let shop: Shop;
let live: DocumentStore;
beforeAll(async () => {
  db = await openTestDatabase();
  live = createLiveStore(db.reader);
  shop = await createShop(db.admin);
  for (const [zip, [city, state]] of Object.entries(zips))
    if (zip !== "77002") await shop.city(zip, city, state);
});
afterAll(() => db?.close());

const theirs = (rights: TestRights = californian, state: unknown = "CA") =>
  guardOf([rights], { state }).stores({ live, mirror: createMirrorStore(db.mongo) }).live;
const shown = rightsOf(californian).shown;

/** What somebody is, and as what they are seen from California; null: not at all. */
interface State {
  readonly zip: Zip;
  readonly first: string;
  readonly last: string;
}
const seen = (state: State | null) => {
  if (state === null || zips[state.zip][1] !== "CA") return null;
  return { lastName: state.last, city: zips[state.zip][0], state: "CA" };
};

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      zip: fc.constantFrom(...(Object.keys(zips) as Zip[])),
      first: fc.constantFrom("Ada", "Eva"),
      last: fc.constantFrom("Smith", "Jones"),
    }),
  },
  { weight: 1, arbitrary: fc.constant(null) },
);

async function write(id: number, before: State | null, after: State | null): Promise<void> {
  if (after === null) await db.admin.run("delete from customer where customer_id = ?", [id]);
  else if (before === null)
    await db.admin.run(
      "insert into customer (customer_id, first_name, last_name, address1, zip) values (?, ?, ?, '1 Main St', ?)",
      [id, after.first, after.last, after.zip],
    );
  else
    await db.admin.run("update customer set first_name = ?, last_name = ?, zip = ? where customer_id = ?", [
      after.first,
      after.last,
      after.zip,
      id,
    ]);
}

describe("Versions under a rule", () => {
  test("are those that were there for somebody when they were, and tell of nothing else", async () => {
    let id = 1000;
    const histories = fc.tuple(
      fc.array(step, { minLength: 4, maxLength: 9 }),
      fc.integer({ min: 1, max: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(histories, async ([steps, limit]) => {
        id += 1;
        const moments: { readonly at: string; readonly state: State | null }[] = [];
        let before: State | null = null;
        for (const after of steps) {
          if (after !== null || before !== null) await write(id, before, after);
          before = after;
          await sleep(3);
          moments.push({ at: await readMoment(db.admin), state: after });
        }
        // Newest first; what looks the same is one, and what is not there yet is none.
        const looks = steps
          .map(seen)
          .reverse()
          .filter((look, at, all) => at === 0 || JSON.stringify(look) !== JSON.stringify(all[at - 1]));
        if (looks.at(-1) === null) looks.pop();
        const store = theirs();
        const found: Version[] = [];
        for (let from: string | null = null; ; ) {
          const page = await store.findVersions(shown, String(id), { limit, before: from });
          found.push(...page.versions);
          const last = page.versions.at(-1);
          if (!page.hasMore || !last) break;
          expect(page.versions).toHaveLength(limit);
          from = last.changedAt;
        }
        expect(found.map(({ document }) => document)).toEqual(
          looks.map((look) => look && { customerId: id, ...look }),
        );
        found.forEach(({ validFrom, validTo, changedFields }, at) => {
          expect(validTo).toBe(found[at - 1]?.validFrom ?? null);
          const [newer, older] = [looks[at] ?? null, looks[at + 1] ?? null] as Record<string, string>[];
          const fields = ["customerId", "lastName", "city", "state"];
          const differs = (name: string) => (newer && older ? newer[name] !== older[name] : true);
          expect([...changedFields].sort()).toEqual(
            fields
              .filter(differs)
              .filter((name) => (newer && older ? name !== "customerId" : true))
              .sort(),
          );
          expect(validFrom).not.toBeNull();
        });
        // A moment shows what a version of then does.
        for (const { at, state } of moments) {
          const then = await store.findByIds(shown, [String(id)], { asOf: at });
          const look = seen(state);
          expect(then.get(String(id)) ?? null).toEqual(look && { customerId: id, ...look });
        }
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  test("of somebody who never was there are those of nobody", async () => {
    await write(2000, null, { zip: "77002", first: "Tom", last: "Texan" });
    await write(2000, { zip: "77002", first: "Tom", last: "Texan" }, { zip: "77002", first: "T", last: "T" });
    const request = { limit: 5, before: null };
    const ofTexan = await theirs().findVersions(shown, "2000", request);
    expect(ofTexan).toEqual(await theirs().findVersions(shown, "99999", request));
    expect(ofTexan).toEqual({ versions: [], hasMore: false });
    // To a Texan they are there, with the change of a name that only the last one tells.
    const { versions } = await theirs(californian, "TX").findVersions(shown, "2000", request);
    expect(versions.map(({ changedFields }) => changedFields)).toEqual([
      ["lastName"],
      ["customerId", "lastName", "city", "state"],
    ]);
  });

  test("are found behind many that are not theirs, and a page is no shorter for these", async () => {
    const at = (zip: Zip, first: string): State => ({ zip, first, last: "Smith" });
    const states = [
      at("90001", "A"),
      ...Array.from({ length: 30 }, (_, n) => at("77002", `T${n}`)),
      at("94102", "B"),
    ];
    let before: State | null = null;
    for (const after of states) {
      await write(3000, before, after);
      before = after;
    }
    const read = (limit: number) => theirs().findVersions(shown, "3000", { limit, before: null });
    const { versions, hasMore } = await read(3);
    expect(versions.map(({ document }) => document?.city ?? null)).toEqual([
      "San Francisco",
      null,
      "Los Angeles",
    ]);
    expect(hasMore).toBe(false);
    expect(await read(1)).toMatchObject({ hasMore: true, versions: [{ changedFields: { length: 4 } }] });
  });

  test("are refused to who has no past, as is any moment of it", async () => {
    const store = theirs({ ...californian, history: false });
    const past = { asOf: await readMoment(db.admin) };
    const code = { code: "FORBIDDEN" };
    const page = { where: null, orderBy: [], limit: 1, after: null, before: null, fromEnd: false };
    await expect(store.findVersions(shown, "2000", { limit: 1, before: null })).rejects.toMatchObject(code);
    await expect(store.findByIds(shown, ["2000"], past)).rejects.toMatchObject(code);
    await expect(store.findPage(shown, page, past)).rejects.toMatchObject(code);
    await expect(store.count(shown, null, past)).rejects.toMatchObject(code);
  });

  test("that cannot be given are told of to those alone to whom all rows are there", async () => {
    const failing: DocumentStore = {
      ...live,
      findVersions: async () => ({
        versions: [
          {
            changedAt: "2",
            document: null,
            error: Object.assign(new Error("It cannot be given."), { code: "DOCUMENT_INVALID" }),
            validFrom: "2024-01-01T00:00:00.000Z",
            validTo: null,
            changedFields: [],
          },
        ],
        hasMore: false,
      }),
    };
    const ask = (rights: TestRights) =>
      guardOf([rights], { state: "CA" })
        .stores({ live: failing, mirror: failing })
        .live.findVersions(shown, "1", { limit: 5, before: null });
    expect(await ask(californian)).toEqual({ versions: [], hasMore: false });
    expect((await ask({ ...californian, where: null })).versions).toMatchObject([{ error: {} }]);
  });
});
