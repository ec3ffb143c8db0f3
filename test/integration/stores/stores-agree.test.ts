import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bigint,
  boolean,
  date,
  dateTime,
  decimal,
  int,
  list,
  object,
  string,
} from "../../../src/models/field.ts";
import { type Document, type DocumentModel, defineModel } from "../../../src/models/model.ts";
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

/** One field of every kind, nullable, filterable; and a second model whose key is text. */
const fields = {
  thing: string("Text.", { filter: true, nullable: true }),
  whole: int("Whole.", { filter: true, nullable: true }),
  big: bigint("Big.", { filter: true, nullable: true }),
  price: decimal("Price.", 2, { filter: true, nullable: true }),
  tiny: decimal("Tiny.", 7, { filter: true, nullable: true }),
  isOpen: boolean("Open.", { filter: true, nullable: true }),
  day: date("Day.", { filter: true, nullable: true }),
  moment: dateTime("Moment.", { filter: true, nullable: true }),
  parts: list("Parts.", object("Part", "A part.", { n: int("N."), t: string("T.", { nullable: true }) })),
};
const byNumber = defineModel({
  name: "by_number",
  typeName: "ByNumber",
  description: "Numbered.",
  key: "id",
  batch: 4,
  fields: { id: bigint("Id."), ...fields },
});
const byText = defineModel({
  name: "by_text",
  typeName: "ByText",
  description: "Named.",
  key: "id",
  batch: 4,
  fields: { id: string("Id."), ...fields },
});

const columns = ["thing", "whole", "big", "price", "tiny", "is_open", "day", "moment"] as const;
const createTable = (model: DocumentModel, key: string) => `
create table t_${model.name} (
  document_id ${key} not null primary key, thing varchar(60), whole int, big bigint,
  price decimal(12,2), tiny decimal(30,7), is_open boolean, day date, moment datetime(3), parts longtext not null,
  key (thing, document_id), key (whole)
) default charset = utf8mb4 collate = utf8mb4_nopad_bin`;
const createView = (model: DocumentModel) => `
create view ${model.name} as select document_id, ${columns.join(", ")}, json_object(
  'id', document_id, 'thing', thing, 'whole', whole, 'big', big, 'price', price, 'tiny', tiny,
  'isOpen', if(is_open is null, null, json_compact(if(is_open, 'true', 'false'))),
  'day', day, 'moment', moment, 'parts', json_compact(parts)) as document
from t_${model.name}`;

/** Small pools, so that values repeat and meet the filters; with everything that is known to go wrong. */
const texts = [
  "",
  " ",
  "tea",
  "Tea",
  "TEA",
  "tea ",
  " tea",
  "té",
  "te\u0301",
  "TÉ",
  "ß",
  "ss",
  "straße",
  "%",
  "_",
  "te%",
  "t_a",
  "a\\b",
  "!",
  "a!b",
  "'",
  '"',
  "$x",
  "a.b",
  "a*",
  "(",
  "[a]",
  "{",
  "^",
  "|",
  "+",
  "?",
  "-",
  "/",
  "\n",
  "a\nb",
  "\t",
  "\u0000",
  "a\u0000b",
  "\u007f",
  "\u00a0",
  "\u200b",
  "\ufeff",
  "\uffff",
  "😀",
  "😀a",
  "\ud800\udc00",
  "Ω",
  "日本",
  "İ",
  "i",
  "I",
  "ı",
  "Z",
  "z",
  "0",
  "00",
  "1",
  "10",
  "9",
  "null",
  "true",
] as const;
const text = fc.constantFrom(...texts);
const wholes = fc.constantFrom(-2147483648, -1, 0, 1, 2, 9, 10, 2147483647);
const bigs = fc.constantFrom(
  "-9223372036854775808",
  "-1",
  "0",
  "9007199254740993",
  "9007199254740992",
  "9223372036854775807",
);
const prices = fc.constantFrom(
  "-9999999999.99",
  "-0.01",
  "0.00",
  "0.01",
  "1.50",
  "9.99",
  "10.00",
  "10.01",
  "9999999999.99",
);
const tinies = fc.constantFrom(
  "-0.0000001",
  "0.0000000",
  "0.0000001",
  "0.0000010",
  "1.0000000",
  "99999999999999999999999.9999999",
  "99999999999999999999999.9999998",
);
const days = fc.constantFrom(
  "0001-01-01",
  "1582-10-15",
  "1969-12-31",
  "1970-01-01",
  "2024-02-29",
  "9999-12-31",
);
const moments = fc.constantFrom(
  "0001-01-01T00:00:00.000Z",
  "1969-12-31T23:59:59.999Z",
  "2024-02-29T12:00:00.000Z",
  "2024-02-29T12:00:00.001Z",
  "9999-12-31T23:59:59.999Z",
);
const values: Readonly<Record<keyof typeof fields, fc.Arbitrary<FilterValue>>> = {
  thing: text,
  whole: wholes,
  big: bigs,
  price: prices,
  tiny: tinies,
  isOpen: fc.boolean(),
  day: days,
  moment: moments,
  parts: fc.constant(""),
};
const filterable = ["thing", "whole", "big", "price", "tiny", "isOpen", "day", "moment"] as const;

const ids = { by_number: bigs, by_text: text } as const;
const row = fc.record({
  ...Object.fromEntries(filterable.map((name) => [name, fc.option(values[name], { freq: 3 })])),
  parts: fc.array(fc.record({ n: wholes, t: fc.option(text) }), { maxLength: 3 }),
});
const documents = (model: DocumentModel): fc.Arbitrary<readonly Document[]> =>
  fc.uniqueArray(
    fc
      .tuple(
        model === byText
          ? fc.oneof(text, fc.string({ maxLength: 5, unit: "grapheme" }))
          : fc.oneof(ids.by_number, fc.integer({ min: -99, max: 99 }).map(String)),
        row,
      )
      .map(([id, rest]) => ({ id, ...rest }) as Document),
    { selector: (one) => one.id, maxLength: 30 },
  );

const leaf = (model: DocumentModel): fc.Arbitrary<Filter> =>
  fc.constantFrom("id" as const, ...filterable).chain((field) => {
    const value = field === "id" ? (model === byText ? text : bigs) : values[field];
    const isText = field === "thing" || (field === "id" && model === byText);
    const operators = [
      "eq",
      "ne",
      ...(field === "isOpen" ? [] : ["lt", "lte", "gt", "gte"]),
      ...(isText ? ["contains", "startsWith"] : []),
    ];
    return fc.oneof(
      fc.record({
        kind: fc.constant("compare" as const),
        field: fc.constant(field),
        // The names above are the operators.
        operator: fc.constantFrom(...operators) as fc.Arbitrary<"eq">,
        value,
      }),
      fc.record({
        kind: fc.constant("in" as const),
        field: fc.constant(field),
        negated: fc.boolean(),
        values: fc.array(value, { maxLength: 4 }),
      }),
      fc.record({ kind: fc.constant("isNull" as const), field: fc.constant(field), isNull: fc.boolean() }),
    );
  });
const filter = (model: DocumentModel): fc.Arbitrary<Filter> =>
  fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf(model),
      fc.record({
        kind: fc.constantFrom("and" as const, "or" as const),
        filters: fc.array(tie("filter"), { maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant("not" as const), filter: tie("filter") }),
    ),
  })).filter;
const order: fc.Arbitrary<readonly OrderTerm[]> = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom("id", ...filterable),
    direction: fc.constantFrom("asc" as const, "desc" as const),
  }),
  { selector: (term) => term.field, maxLength: 3 },
);

interface Case {
  readonly documents: readonly Document[];
  readonly filters: readonly (Filter | null)[];
  readonly orders: readonly (readonly OrderTerm[])[];
  readonly limit: number;
  readonly fromEnd: boolean;
}
const cases = (model: DocumentModel): fc.Arbitrary<Case> =>
  fc.record({
    documents: documents(model),
    filters: fc.array(fc.option(filter(model)), { minLength: 3, maxLength: 6 }),
    orders: fc.array(order, { minLength: 2, maxLength: 3 }),
    limit: fc.integer({ min: 1, max: 7 }),
    fromEnd: fc.boolean(),
  });

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
