import { afterAll, beforeAll, expect, test } from "vitest";
import { claim } from "../../../src/models/access.ts";
import { int, object, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import type { DocumentStore } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { prepareCollection } from "../../../src/stores/mongodb/prepare-collection.ts";
import { shareReads } from "../../../src/stores/share-reads.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { guardOf, rightsOf, type TestRights } from "../../support/role-of.ts";

const dish = defineModel({
  name: "dish",
  typeName: "Dish",
  description: "A dish.",
  key: "dishId",
  batch: 3,
  fields: {
    dishId: int("Id."),
    course: string("Course.", { filter: true }),
    text: string("Text."),
    cook: object("Cook", "Cook.", { name: string("Name.", { pii: true }), hat: int("Size of the hat.") }),
  },
});

const stew = defineModel({
  name: "stew",
  typeName: "Stew",
  description: "A stew.",
  key: "dishId",
  fields: { dishId: int("Id."), course: string("Course.", { filter: true }), text: string("Text.") },
});

/** What goes wrong with a row, by its id; all others are fine. Those of course b are 1, 4, 7 and 10. */
const faults = {
  4: "(select 1 union select 2)",
  5: "(select 1 union select 2)",
  6: "null",
  7: "null",
} as const;
const ids = Array.from({ length: 14 }, (_, index) => String(index));

let db: TestDatabase;
let stores: Readonly<Record<DocumentStore["name"], DocumentStore>>;
beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  const cases = Object.entries(faults).map(([id, fault]) => `when ${id} then ${fault}`);
  await db.admin.query(`
    create table plate (dish_id int primary key, course varchar(20), key (course)) collate utf8mb4_nopad_bin;
    insert into plate (dish_id, course) select seq, elt(1 + seq mod 3, 'a', 'b', 'c') from seq_1_to_12;
    create view dish as select dish_id, course, case dish_id ${cases.join(" ")} else 'fine' end as text,
      if(dish_id in (10, 11), json_object('name', 'Ada', 'hat', 'large'), json_object('name', 'Ada', 'hat', 7)) as cook from plate;
    create view stew as select dish_id, case when dish_id = 4 then (select 1 union select 2) else course end as course,
      'fine' as text from plate`);
  await prepareCollection(db.mongo, dish);
  stores = { live: shareReads(createLiveStore(db.reader)), mirror: createMirrorStore(db.mongo) };
});
afterAll(() => db?.close());

const courses: TestRights = { model: dish, where: { course: { eq: claim("course") } } };
const { shown } = rightsOf(courses);
const of = (course: string, rights: TestRights = courses) =>
  guardOf([rights], { course }).stores(stores).live;

function noting() {
  const told = new Map<string, string>();
  return { told, onInvalid: (id: string, { message }: Error) => void told.set(id, message) };
}

test("of what cannot be given nobody is told but those whose it is, by any read", async () => {
  for (const [course, fine, broken] of [
    ["b", ["1"], ["4", "7", "10"]],
    ["a", ["3", "9", "12"], ["6"]],
    ["x", [], []],
  ] as const) {
    const store = of(course);
    const byId = noting();
    expect([...(await store.findByIds(shown, ids, byId)).keys()].sort()).toEqual([...fine].sort());
    expect([...byId.told.keys()].sort()).toEqual([...broken].sort());
    // Each alone, where the statement that fails is the only one.
    for (const id of ids) {
      const alone = noting();
      await store.findByIds(shown, [id], alone);
      expect([...alone.told.keys()]).toEqual(broken.filter((one) => one === id));
    }
    const page = { where: null, orderBy: [], limit: 20, after: null, before: null, fromEnd: false };
    const onPage = noting();
    const found = await store.findPage(shown, page, onPage);
    expect(found.map(({ dishId }) => String(dishId))).toEqual(fine);
    expect([...onPage.told.keys()].sort()).toEqual([...broken].sort());
    const onWay = noting();
    const streamed: string[] = [];
    for await (const { dishId } of store.stream(shown, null, onWay)) streamed.push(String(dishId));
    expect(streamed).toEqual(fine);
    expect([...onWay.told.keys()].sort()).toEqual([...broken].sort());
    expect(await store.count(shown, null)).toBe(fine.length + broken.length);
  }
});

test("of what cannot be given nobody is told where that is what the rule asks", async () => {
  const asked = async (store: DocumentStore, ids: readonly string[]) => {
    const { told, onInvalid } = noting();
    const found = await store.findByIds(stew, ids, { onInvalid });
    return [[...found.keys()], [...told.keys()]];
  };
  expect(await asked(stores.live, ["4", "7"])).toEqual([["7"], ["4"]]);
  for (const course of ["a", "b", "x"]) {
    const store = of(course, { ...courses, model: stew });
    expect(await asked(store, ["4"])).toEqual([[], []]);
    expect(await asked(store, ["3", "4", "7"])).toEqual([{ a: ["3"], b: ["7"], x: [] }[course], []]);
  }
});

test("an error says nothing of a field that is hidden or masked, at any depth", async () => {
  const told = async (rights: Partial<TestRights>) => {
    const { told, onInvalid } = noting();
    const own = { ...courses, ...rights };
    await of("b", own).findByIds(rightsOf(own).shown, ["10"], { onInvalid });
    return told.get("10");
  };
  expect(await told({})).toContain("cook.hat");
  for (const rights of [{ hidden: ["cook.hat"] }, { masks: { "cook.hat": "null" } }] as const)
    expect(await told(rights)).toBe("dish 10: the document cannot be given: it does not fit its model.");
  // What is not shown at all is not read.
  expect(await told({ hidden: ["cook"] })).toBeUndefined();
});

test("who ask at once are each given theirs, though their reads are shared", async () => {
  const asked = ["a", "b", "c", "x"].flatMap((course) => Array.from({ length: 8 }, () => course));
  const found = await Promise.all(
    asked.map((course) => of(course).findByIds(shown, ["1", "2", "3"], { onInvalid: () => undefined })),
  );
  const byCourse = { a: ["3"], b: ["1"], c: ["2"], x: [] } as const;
  expect(found.map((one) => [...one.keys()])).toEqual(
    asked.map((course) => byCourse[course as keyof typeof byCourse]),
  );
});
