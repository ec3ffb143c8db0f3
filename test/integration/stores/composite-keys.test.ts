import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { measureModel } from "../../../src/migrations/measure-model.ts";
import type { Document, DocumentModel } from "../../../src/models/model.ts";
import { idOfDocument } from "../../../src/stores/conversion/composite-id.ts";
import type { DocumentStore, Filter, OrderTerm, PageRequest } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { toDocumentsSql } from "../../../src/stores/mariadb/read-rows.ts";
import { readView } from "../../../src/stores/mariadb/text-columns.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { largest } from "../../support/attic/fill-attic.ts";
import { openMirrorAttic } from "../../support/attic/mirror-attic.ts";
import { findFullScans } from "../../support/model-contract.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let attic: TestMirror;
let stores: readonly DocumentStore[];
beforeAll(async () => {
  attic = await openMirrorAttic();
  await attic.mirror();
  stores = [createLiveStore(attic.db), createMirrorStore(attic.mongo)];
});
afterAll(() => attic?.close());

const everything: PageRequest = {
  where: null,
  orderBy: [],
  after: null,
  before: null,
  limit: 100,
  fromEnd: false,
};
const idsOf = (model: DocumentModel, found: readonly Document[]) => found.map((one) => one[model.key]);

/** What each store says, which must be the same. */
async function both<T>(ask: (store: DocumentStore) => Promise<T>): Promise<T> {
  const [live, mirror] = await Promise.all(stores.map(ask));
  expect(mirror).toEqual(live);
  return live as T; // there are two stores
}

const names = ["salaries", "labels", "ledgers"] as const;

test("ids are in the order of what they are made of: numbers as numbers, texts by their bytes", async () => {
  const of = async (name: string) =>
    idsOf(attic.model(name), await both((store) => store.findPage(attic.model(name), everything)));
  expect(await of("ledgers")).toEqual(["1", "2", "10", "9223372036854775808", largest]);
  expect((await of("salaries")).filter((id) => !String(id).includes("2001"))).toEqual([
    "9~1999-12-31",
    "10~1985-06-26",
    "10~1986-06-26",
    "4294967295~2024-02-29",
  ]);
  expect(await of("labels")).toEqual([
    "a%7Eb~~2024-01-01T00:00:00.000Z",
    "a%7Eb~%257E~2024-01-01T00:00:00.000Z",
    "box~50%25 off %7E now~2024-01-01T00:00:00.000Z",
    "box~Ä😀~2024-01-01T00:00:00.000Z",
    "shelf~Screws~2024-02-29T12:00:00.125Z",
    "shelf~nails~2024-02-29T12:00:00.125Z",
  ]);
});

describe.each(names)("%s", (name) => {
  const orders: readonly (readonly OrderTerm[])[] = [
    [],
    [{ field: name === "labels" ? "note" : "amount", direction: "desc" }],
  ];
  const keyOrders = (model: DocumentModel): readonly (readonly OrderTerm[])[] => [
    ...orders,
    [{ field: model.key, direction: "desc" }],
  ];

  test("is read page by page, from either end, each document once", async () => {
    const model = attic.model(name);
    for (const orderBy of keyOrders(model))
      for (const fromEnd of [false, true]) {
        const request = { ...everything, orderBy };
        const all = await both((store) => store.findPage(model, request));
        const found: Document[] = [];
        for (let at: Document | undefined, first = true; first || at; first = false) {
          const terms = [...orderBy, { field: model.key }].slice(
            0,
            orderBy.some(({ field }) => field === model.key) ? 1 : undefined,
          );
          const place = at ? terms.map(({ field }) => (at?.[field] ?? null) as string | null) : null;
          const [after, before] = fromEnd ? [null, place] : [place, null];
          const page = await both((store) =>
            store.findPage(model, { ...request, after, before, limit: 2, fromEnd }),
          );
          found.push(...(fromEnd ? page.toReversed() : page));
          at = page.at(fromEnd ? 0 : -1);
        }
        expect(idsOf(model, found)).toEqual(idsOf(model, fromEnd ? all.toReversed() : all));
        expect(new Set(idsOf(model, found)).size).toBe(all.length);
      }
  });

  test("is found by ids, and by filters of its id", async () => {
    const model = attic.model(name);
    const all = await both((store) => store.findPage(model, everything));
    const ids = idsOf(model, all).map(String);
    for (const document of all) expect(idOfDocument(model, document)).toBe(document[model.key]);
    const wrong = ["", "x", "1~2~3~4", `0${ids[0]}`, `${ids[0]}~`, "9~1999-02-30"];
    const found = await both(async (store) => {
      const map = await store.findByIds(model, [...ids, ...wrong]);
      return [...map.keys()].sort();
    });
    expect(found).toEqual(ids.toSorted());
    const some = [...ids.slice(1, 3), ...wrong];
    const field = model.key;
    const filters: readonly Filter[] = [
      { kind: "in", field, negated: false, values: some },
      { kind: "in", field, negated: true, values: some },
      { kind: "compare", field, operator: "eq", value: ids[1] ?? "" },
      { kind: "compare", field, operator: "eq", value: "x" },
      { kind: "compare", field, operator: "ne", value: ids[1] ?? "" },
      { kind: "compare", field, operator: "ne", value: "x" },
      { kind: "compare", field, operator: "gt", value: ids[1] ?? "" },
      { kind: "compare", field, operator: "lte", value: "10" },
      { kind: "compare", field, operator: "contains", value: "~" },
      { kind: "compare", field, operator: "startsWith", value: "9" },
      { kind: "isNull", field, isNull: true },
      { kind: "isNull", field, isNull: false },
    ];
    for (const where of filters) {
      const page = await both((store) => store.findPage(model, { ...everything, where }));
      expect(await both((store) => store.count(model, where))).toBe(page.length);
    }
  });

  test("is streamed in the order of its key", async () => {
    const model = attic.model(name);
    const read = async (store: DocumentStore) => {
      const found: Document[] = [];
      for await (const one of store.stream(model, null)) found.push(one);
      return found;
    };
    expect(await both(read)).toEqual(await both((store) => store.findPage(model, everything)));
  });

  test("reads by ids through an index", async () => {
    const model = attic.model(name);
    const view = await readView(attic.db, model);
    const ids = idsOf(model, await both((store) => store.findPage(model, everything))).map(String);
    for (const some of [ids.slice(0, 1), ids.slice(-1)]) {
      const { sql, values } = toDocumentsSql(view, some);
      expect(await findFullScans(attic.admin, sql, values)).toEqual([]);
    }
  });
});

test("pages by an enum and by a set lose no document, in either direction", async () => {
  const model = attic.model("devices");
  const values = Array.from({ length: 60 }, (_, at) => `(uuid(), 0, 0, 0, ${1 + (at % 3)}, ${at % 8}, 0)`);
  await attic.db.run(
    `insert into device (id, is_on, flags, mask, state, colours, counted) values ${values.join(", ")}`,
  );
  await attic.mirror();
  for (const field of ["state", "colours"])
    for (const direction of ["asc", "desc"] as const) {
      const request: PageRequest = { ...everything, orderBy: [{ field, direction }], limit: 7 };
      const found: Document[] = [];
      for (let after: PageRequest["after"] = null, last: Document | undefined; ; ) {
        const page = await both((store) => store.findPage(model, { ...request, after }));
        found.push(...page);
        last = page.at(-1);
        if (!last) break;
        after = [last[field] as string | null, String(last[model.key])];
      }
      expect(new Set(idsOf(model, found)).size).toBe(63);
      expect(found.length).toBe(63);
    }
});

test("what a document costs is measured by what its id is made of", async () => {
  const cost = await measureModel(attic.db, attic.model("salaries"));
  expect(cost === "late" ? cost : cost?.reads).toBeLessThan(10);
});

test("a row whose id is not made of its columns is no document, and is told", async () => {
  const model = attic.model("salaries");
  await attic.admin.query(
    "create or replace view salaries as select concat(emp_no, '~', from_date + interval 1 day) as salary_key, emp_no, from_date, amount, null as name from salary where emp_no = 10",
  );
  const [live] = stores;
  await expect(live?.findPage(model, everything)).rejects.toThrow(
    "the document has an id that is not made of its empNo, fromDate",
  );
});
