import { afterAll, beforeAll, expect, test } from "vitest";
import type { VitrineError } from "../../../src/errors.ts";
import { int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import type { DocumentStore, PageGap, PageRequest } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const dish = defineModel({
  name: "dish",
  typeName: "Dish",
  description: "A dish.",
  key: "dishId",
  batch: 3,
  fields: { dishId: int("Id."), course: string("Course.", { filter: true }), text: string("Text.") },
});

/** What goes wrong with a row, by its id; all others are fine. */
const faults = {
  4: "(select 1 union select 2)", // two rows where one value is wanted: the whole statement fails
  5: "null", // where the model says never
  8: "repeat('x', size)", // larger than a packet: comes cut
  9: "(select 'a' union select 'b')",
} as const;

let db: TestDatabase;
let live: DocumentStore;
beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  live = createLiveStore(db.reader);
  const cases = Object.entries(faults).map(([id, fault]) => `when ${id} then ${fault}`);
  await db.admin.query(`
    create table plate (dish_id int, course varchar(20), size bigint default (@@max_allowed_packet + 1), key (dish_id), key (course)) collate utf8mb4_nopad_bin;
    insert into plate (dish_id, course) select seq, elt(1 + seq mod 3, 'a', 'b', 'c') from seq_1_to_12;
    update plate set course = null where dish_id = 5;
    insert into plate (dish_id, course) values (11, 'a');
    update plate set course = 'a' where dish_id = 11;
    create view dish as select dish_id, course, case dish_id ${cases.join(" ")} else 'fine' end as text from plate`);
});
afterAll(() => db?.close());

const fine = [1, 2, 3, 6, 7, 10, 12];
const spoiled = ["4", "5", "8", "9", "11"];

function noting() {
  const told = new Map<string, { readonly error: VitrineError; readonly gap: PageGap | undefined }>();
  const onInvalid = (id: string, error: VitrineError, gap?: PageGap) => void told.set(id, { error, gap });
  return { told, onInvalid };
}

test("a page has every document that can be given, and a gap for each that cannot", async () => {
  const page: PageRequest = {
    where: null,
    orderBy: [],
    limit: 20,
    fromEnd: false,
    after: null,
    before: null,
  };
  await expect(live.findPage(dish, page)).rejects.toMatchObject({ code: "DOCUMENT_INVALID" });
  const { told, onInvalid } = noting();
  const found = await live.findPage(dish, page, { onInvalid });
  expect(found.map(({ dishId }) => dishId)).toEqual(fine);
  expect([...told].map(([id, { gap }]) => [id, gap?.index, gap?.place])).toEqual(
    spoiled.map((id) => [id, id === "11" ? 11 : Number(id) - 1, [Number(id)]]),
  );
  expect(await live.count(dish, null)).toBe(13);
  const back = noting();
  const last = await live.findPage(dish, { ...page, limit: 5, fromEnd: true }, back);
  expect(last.map(({ dishId }) => dishId)).toEqual([10, 12]);
  // The row that is there twice is the third and the fourth.
  expect([...back.told].map(([id, { gap }]) => [id, gap?.index])).toEqual([
    ["9", 0],
    ["11", 3],
  ]);
  // Here no document makes the statement fail.
  const twice = noting();
  const end = await live.findPage(dish, { ...page, after: [9] }, twice);
  expect(end.map(({ dishId }) => dishId)).toEqual([10, 12]);
  expect([...twice.told].map(([id, { gap }]) => [id, gap?.index])).toEqual([["11", 2]]);
});

test("a row without the value that the page is ordered by keeps its place, downwards too", async () => {
  const base = { where: null, fromEnd: false, before: null } as const;
  for (const direction of ["asc", "desc"] as const) {
    const seen: string[] = [];
    for (let after: PageRequest["after"] = null; ; ) {
      const { told, onInvalid } = noting();
      const orderBy = [{ field: "course", direction }] as const;
      const [one] = await live.findPage(dish, { ...base, orderBy, after, limit: 1 }, { onInvalid });
      const [gap] = told;
      if (!one && !gap) break;
      seen.push(one ? String(one.dishId) : (gap?.[0] ?? ""));
      after = one ? [String(one.course), Number(one.dishId)] : (gap?.[1].gap?.place ?? null);
    }
    expect(seen).toHaveLength(12);
    expect(seen.at(direction === "asc" ? 0 : -1)).toBe("5");
    expect(new Set(seen).size).toBe(12);
  }
});

test("look-ups and streams leave out what cannot be given, and tell of it", async () => {
  const lookUp = noting();
  const ids = Array.from({ length: 14 }, (_, index) => String(index));
  const found = await live.findByIds(dish, ids, lookUp);
  expect([...found.keys()].map(Number).sort((a, b) => a - b)).toEqual(fine);
  expect([...lookUp.told.keys()].sort((a, b) => Number(a) - Number(b))).toEqual(spoiled);
  await db.admin.run("insert into plate (course) values ('a'), ('a'), ('a'), ('a')");
  const { told, onInvalid } = noting();
  const streamed: unknown[] = [];
  for await (const { dishId } of live.stream(dish, null, { onInvalid })) streamed.push(dishId);
  await db.admin.run("delete from plate where dish_id is null");
  expect(streamed).toEqual(fine);
  expect([...told.keys()]).toEqual(expect.arrayContaining([...spoiled, "null"]));
});

test("the reason tells nothing of the server; the log gets what it said", async () => {
  const { told, onInvalid } = noting();
  await live.findByIds(dish, ["4"], { onInvalid });
  const error = told.get("4")?.error;
  expect(error?.message).toBe("dish 4: the document cannot be computed: MariaDB refuses to.");
  expect(String(error?.cause)).toMatch(/more than 1 row/);
  expect(JSON.stringify(error?.details)).not.toMatch(/row/);
});

test("a view that lacks a column of its model, or is gone, is told by name", async () => {
  const wider = {
    ...dish,
    fields: { ...dish.fields, spice: string("Spice.") },
    columns: { ...dish.columns, spice: "spice" },
  };
  const gone = { ...dish, name: "dish_of_yesterday" };
  const page: PageRequest = { where: null, orderBy: [], limit: 2, fromEnd: false, after: null, before: null };
  for (const model of [wider, gone]) {
    const broken = {
      code: "DOCUMENT_INVALID",
      message: expect.stringMatching(new RegExp(`^The view ${model.name} is not as its model is defined`)),
    };
    await expect(live.findByIds(model, ["1"])).rejects.toMatchObject(broken);
    await expect(live.findPage(model, page, noting())).rejects.toMatchObject(broken);
  }
  // Who does not ask for it is answered.
  expect((await live.findByIds(wider, ["1"], { fields: ["dishId", "course"] })).size).toBe(1);
});
