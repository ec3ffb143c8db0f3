import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { count, countDistinct, defineCube } from "../../../src/models/cube.ts";
import { int, string } from "../../../src/models/field.ts";
import type { Document, DocumentModel } from "../../../src/models/model.ts";
import type {
  DocumentStore,
  Filter,
  FilterValue,
  OrderTerm,
  PageRequest,
} from "../../../src/stores/document-store.ts";
import { toTotalOrder } from "../../../src/stores/document-store.ts";
import { toSqlFilter } from "../../../src/stores/mariadb/live-filter.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { readView } from "../../../src/stores/mariadb/text-columns.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { prepareCollection } from "../../../src/stores/mongodb/prepare-collection.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { texts } from "./things.ts";

/** What a column may be declared as, by whoever has made the shop's tables. */
const declarations = {
  general: "varchar(60) character set utf8mb4 collate utf8mb4_general_ci",
  unicode: "varchar(60) character set utf8mb4 collate utf8mb4_uca1400_ai_ci",
  padded: "varchar(60) character set utf8mb4 collate utf8mb4_bin",
  latin: "varchar(60) character set latin1",
  cyrillic: "varchar(60) character set cp1251",
  three: "varchar(60) character set utf8mb3 collate utf8mb3_unicode_ci",
  listed: `enum(${["tea", "b", "Tea", "a", "", "C", "ß", "!"].map((one) => `'${one}'`).join(", ")}) collate utf8mb4_nopad_bin`,
} as const;
/** What other collations take for something else, at its place in an order, or cannot hold. */
const someTexts = ["", "tea", "tea ", "té", "ß", "\u0000", "😀", "z"];
type Name = keyof typeof declarations;
const names = Object.keys(declarations) as Name[]; // the keys above

const text = string("Text.", { filter: true, nullable: true });
const cupOf = (name: Name) =>
  defineCube({
    name: `cup_${name}`,
    typeName: `Cup${name}`,
    description: "A cup.",
    key: "cupId",
    fields: { cupId: int("Id.", { filter: true }), tea: text },
    dimensions: ["tea"],
    measures: { cups: count("Cups."), teas: countDistinct("tea", "Teas.") },
  });
/** The text is the key; an enum has no room for both. */
const wordOf = (name: Name): DocumentModel => ({
  ...cupOf(name),
  name: `word_${name}`,
  key: "word",
  batch: 3,
  fields: { word: string("Word.", { filter: true }) },
  columns: { word: "word" },
  filters: [],
});
const cups = new Map(names.map((name) => [name, cupOf(name)]));
const words = new Map(names.map((name) => [name, wordOf(name)]));

let db: TestDatabase;
let stores: readonly [DocumentStore, DocumentStore];

const tableOf = (name: Name) => `
  create table t_cup_${name} (cup_id int primary key, tea ${declarations[name]} null, key (tea));
  create table t_word_${name} (word ${declarations[name]} not null primary key);
  create view cup_${name} as select cup_id, tea from t_cup_${name};
  create view word_${name} as select word from t_word_${name};`;

async function mirror(model: DocumentModel): Promise<void> {
  const rows = await db.admin.query(`select ${model.columns[model.key]} as id from ${model.name}`);
  const found = await stores[0].findByIds(
    model,
    rows.map((row) => String(row.id)),
  );
  expect(found.size).toBe(rows.length);
  await prepareCollection(db.mongo, model);
  const entries = [...found].map(([id, document]) => ({ id, document }));
  await writeBatch(db.mongo, model, { n: 1n, incarnation: "x" }, entries);
}

beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  stores = [createLiveStore(db.reader), createMirrorStore(db.mongo)];
  for (const name of names) {
    await db.admin.query(tableOf(name));
    // What a column cannot hold is left out, and so is what its collation takes for a text that is there.
    for (const [index, one] of texts.entries()) {
      await db.admin.run(`insert into t_cup_${name} values (?, ?)`, [index, one]).catch(() => undefined);
      await db.admin.run(`insert into t_word_${name} values (?)`, [one]).catch(() => undefined);
    }
    await db.admin.run(`insert into t_cup_${name} values (-1, null)`);
    await mirror(cups.get(name) as DocumentModel);
    await mirror(words.get(name) as DocumentModel);
  }
});
afterAll(() => db?.close());

const both = async <T>(ask: (store: DocumentStore) => Promise<T>): Promise<T> => {
  const [live, mirrored] = await Promise.all(stores.map(ask));
  expect(live).toEqual(mirrored);
  return mirrored as T; // there are two stores
};

const all: PageRequest = { where: null, orderBy: [], limit: 500, fromEnd: false, after: null, before: null };

/** Each page from the other store. */
async function walkInTurns(
  model: DocumentModel,
  orderBy: readonly OrderTerm[],
): Promise<readonly Document[]> {
  const seen: Document[] = [];
  let after: PageRequest["after"] = null;
  for (let turn = 0; ; turn++) {
    const store = stores[turn % 2] as DocumentStore;
    const page = await store.findPage(model, { ...all, orderBy, after, limit: 4 });
    seen.push(...page);
    const last = page.at(-1);
    if (!last) return seen;
    after = toTotalOrder(model, orderBy).map((term) => last[term.field] as FilterValue | null);
  }
}

describe.each(names)("both stores answer alike over a column that is %s", (name) => {
  const cup = cups.get(name) as ReturnType<typeof cupOf>;
  const word = words.get(name) as DocumentModel;

  test("filters, counts and their opposites", async () => {
    for (const [model, field] of [
      [cup, "tea"],
      [word, "word"],
    ] as const)
      for (const value of someTexts) {
        const compared = (["eq", "ne", "lt", "lte", "gt", "gte", "contains", "startsWith"] as const).map(
          (operator): Filter => ({ kind: "compare", field, operator, value }),
        );
        const listed: Filter = { kind: "in", field, negated: false, values: [value, "Tea", "😀", "none"] };
        for (const where of [...compared, listed, { ...listed, negated: true }]) {
          const found = await both((store) => store.findPage(model, { ...all, where }));
          expect(await both((store) => store.count(model, where))).toBe(found.length);
        }
      }
  });

  test("orders, pages that change stores, streams", async () => {
    for (const [model, field] of [
      [cup, "tea"],
      [word, "word"],
    ] as const)
      for (const direction of ["asc", "desc"] as const) {
        const orderBy = [{ field, direction }];
        const whole = await both((store) => store.findPage(model, { ...all, orderBy }));
        expect(await walkInTurns(model, orderBy)).toEqual(whole);
        const backwards = { ...all, orderBy, limit: 7, fromEnd: true };
        expect(await both((store) => store.findPage(model, backwards))).toEqual(whole.slice(-7));
      }
    const streamed = await both(async (store) => {
      const found: unknown[] = [];
      for await (const { word: one } of store.stream(word, null)) found.push(one);
      return found;
    });
    expect(streamed.length).toBe(await stores[1].count(word, null));
  });

  test("look-ups by id find what has the very id", async () => {
    for (const id of texts) {
      const found = await both((store) => store.findByIds(word, [id]));
      for (const document of found.values()) expect(document.word).toBe(id);
    }
    await both(async (store) => new Set((await store.findByIds(word, texts)).keys()));
  });

  test("groups and distinct counts of a cube", async () => {
    const base = { where: null, having: null, orderBy: [], limit: 500, withTies: false } as const;
    const rows = await both((store) =>
      store.aggregate(cup, { ...base, sets: [["tea"], []], measures: ["cups", "teas"] }),
    );
    expect(rows.at(-1)?.values.teas).toBe(rows.length - 2);
  });
});

test("an equality keeps its index, whatever collation the column has", async () => {
  for (const name of names.filter((one) => one !== "cyrillic")) {
    const view = await readView(db.admin, cups.get(name) as DocumentModel);
    for (const where of [
      { kind: "compare", field: "tea", operator: "eq", value: "a" },
      { kind: "in", field: "tea", negated: false, values: ["a", "ß"] },
    ] as const) {
      const { sql, values } = toSqlFilter(view, where);
      const [plan] = await db.admin.query(`explain select cup_id from cup_${name} where ${sql}`, values);
      expect(plan, `${name}: ${sql}`).toMatchObject({ key: "tea" });
      expect(["ref", "range"], `${name}: ${sql}`).toContain(plan?.type);
    }
  }
});

test("a sub-query over a column that ignores case is answered for each row, not for its like", async () => {
  await db.admin.query(`
    create table outer_row (id int primary key, code varchar(20) collate utf8mb4_general_ci);
    create table inner_row (code varchar(20) collate utf8mb4_nopad_bin primary key, word varchar(20));
    insert into outer_row values (1, 'a'), (2, 'A'), (3, 'a'), (4, 'A ');
    insert into inner_row values ('a', 'small'), ('A', 'large');`);
  const rows = await db.reader.query(
    "select id, (select max(word) from inner_row where inner_row.code = outer_row.code collate utf8mb4_nopad_bin) as word from outer_row order by id",
  );
  expect(rows.map((row) => row.word)).toEqual(["small", "large", "small", null]);
});
