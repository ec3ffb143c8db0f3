import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import type { DocumentStore, PageRequest, ReadOptions } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { shareReads } from "../../../src/stores/share-reads.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const tea = defineModel({
  name: "tea",
  typeName: "Tea",
  description: "A tea.",
  key: "teaId",
  fields: { teaId: int("Id."), name: string("Name.", { filter: true }) },
});
const page: PageRequest = { where: null, orderBy: [], limit: 3, fromEnd: false, after: null, before: null };
const SPOILED = "7";

let db: TestDatabase;
let shared: DocumentStore;
/** What the store behind was asked for: ids, or a page. */
let asked: (readonly string[] | PageRequest)[];
/** Whether reads of the store behind wait before they begin, and how many do. */
let isHeld: boolean;
let held: (() => void)[];

const release = () => {
  isHeld = false;
  for (const go of held.splice(0)) go();
};
const hold = async ({ signal }: ReadOptions) => {
  if (isHeld) await new Promise<void>((resolve) => held.push(resolve));
  signal?.throwIfAborted();
};

beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  await db.admin.query(`
    create table cup (tea_id int primary key, name varchar(20)) collate utf8mb4_nopad_bin;
    insert into cup select seq, concat('tea ', seq) from seq_1_to_40;
    update cup set name = null where tea_id = ${SPOILED};
    create view tea as select tea_id, name from cup`);
});
afterAll(() => db?.close());
beforeEach(() => {
  asked = [];
  held = [];
  isHeld = false;
  const live = createLiveStore(db.reader);
  shared = shareReads({
    ...live,
    async findByIds(model, ids, options = {}) {
      asked.push(ids);
      await hold(options);
      return live.findByIds(model, ids, options);
    },
    async findPage(model, request, options = {}) {
      asked.push(request);
      await hold(options);
      return live.findPage(model, request, options);
    },
  });
});

const nameOf = async (id: number, options?: ReadOptions) =>
  (await shared.findByIds(tea, [String(id)], options)).get(String(id))?.name;
/** Two reads run and are held: whoever comes now waits. */
async function keepBusy() {
  isHeld = true;
  const first = nameOf(1);
  await expect.poll(() => held.length).toBe(1);
  const second = nameOf(2);
  await expect.poll(() => held.length).toBe(2);
  return [first, second];
}

test("many who ask at a time are answered by few reads, each with its own documents", async () => {
  const ids = Array.from({ length: 40 }, (_, index) => index + 10);
  const names = await Promise.all(ids.map((id) => nameOf(id)));
  expect(names).toEqual(ids.map((id) => (id > 40 ? undefined : `tea ${id}`)));
  expect(asked).toHaveLength(1);
  const alone = await shared.findByIds(tea, ["11", "12"], { fields: ["teaId"] });
  expect(Object.fromEntries(alone)).toEqual({ 11: { teaId: 11 }, 12: { teaId: 12 } });
});

test("nobody is given a state from before he asked", async () => {
  const earlier = await keepBusy();
  await db.admin.query("update cup set name = 'fresh' where tea_id in (3, 4)");
  const later = [nameOf(3), shared.findByIds(tea, ["4"]), nameOf(3)];
  const pages = [1, 2, 3].map(() => shared.findPage(tea, page));
  release();
  await Promise.all(earlier);
  const [three, four] = await Promise.all(later);
  expect([three, (four as ReadonlyMap<string, object>).get("4")]).toMatchObject(["fresh", { name: "fresh" }]);
  expect((await Promise.all(pages)).map((documents) => documents[2]?.name)).toEqual([
    "fresh",
    "fresh",
    "fresh",
  ]);
});

test("who leaves is told at once, and the others of his read get their documents", async () => {
  const busy = await keepBusy();
  const leaver = new AbortController();
  const left = nameOf(5, { signal: leaver.signal });
  const stayed = nameOf(6, { signal: new AbortController().signal });
  leaver.abort(new Error("has left"));
  await expect(left).rejects.toThrow("has left");
  release();
  await Promise.all(busy);
  expect(await stayed).toBe("tea 6");
  expect(asked).toEqual([["1"], ["2"], ["6"]]);
});

test("no read begins when nobody waits for it any more, and the one that runs is ended", async () => {
  const busy = await keepBusy();
  const leavers = [new AbortController(), new AbortController()];
  const left = leavers.map(({ signal }) => nameOf(5, { signal }).catch((error: unknown) => error));
  for (const leaver of leavers) leaver.abort(new Error("has left"));
  release();
  await Promise.all([...busy, ...left]);
  expect(asked).toEqual([["1"], ["2"]]);

  const ends: unknown[] = [];
  const endless = shareReads({
    ...createLiveStore(db.reader),
    findByIds: (_model, _ids, { signal } = {}) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener("abort", () => {
          ends.push(signal.reason);
          reject(signal.reason);
        }),
      ),
  });
  const wanting = [new AbortController(), new AbortController()];
  const waits = wanting.map(({ signal }) => endless.findByIds(tea, ["1"], { signal }).catch(() => "ended"));
  await new Promise((resolve) => setTimeout(resolve, 5));
  wanting[0]?.abort();
  expect(ends).toHaveLength(0);
  wanting[1]?.abort();
  expect(await Promise.all(waits)).toEqual(["ended", "ended"]);
  expect(ends).toHaveLength(1);
});

test("a read that is slow holds up nobody", async () => {
  const slow = await keepBusy();
  const others = [nameOf(8), shared.findByIds(tea, ["9"])];
  await expect.poll(() => asked.length).toBeGreaterThan(2);
  expect(asked.slice(2)).toEqual([["8", "9"]]);
  release();
  await Promise.all([...slow, ...others]);
});

test("a document that cannot be given is told to those who asked for it, and to nobody else", async () => {
  const told: string[] = [];
  const note = { onInvalid: (id: string) => void told.push(id) };
  const [silent, noted, fine] = await Promise.allSettled([
    nameOf(Number(SPOILED)),
    shared.findByIds(tea, [SPOILED, "8"], note),
    shared.findByIds(tea, ["9"], { onInvalid: () => told.push("never") }),
  ]);
  expect(silent).toMatchObject({ status: "rejected", reason: { code: "DOCUMENT_INVALID" } });
  expect(noted.status === "fulfilled" && [...noted.value.keys()]).toEqual(["8"]);
  expect(fine.status === "fulfilled" && [...fine.value.keys()]).toEqual(["9"]);
  expect(told).toEqual([SPOILED]);
  expect(asked).toHaveLength(1);
});

test("equal pages that wait are read once, others and other fields each for themselves; gaps keep their places", async () => {
  const whole = { ...page, limit: 10 };
  const gaps: (number | undefined)[] = [];
  const onInvalid: ReadOptions["onInvalid"] = (_id, _error, gap) => void gaps.push(gap?.index);
  const answers = await Promise.allSettled([
    shared.findPage(tea, whole, { onInvalid }),
    shared.findPage(tea, { ...whole }, { onInvalid }),
    shared.findPage(tea, whole),
    shared.findPage(tea, page),
    shared.findPage(tea, page, { fields: ["teaId"] }),
  ]);
  expect(asked).toHaveLength(3);
  expect(gaps).toEqual([6, 6]);
  const counts = answers.map((one) => (one.status === "fulfilled" ? one.value.length : one.reason.code));
  expect(counts).toEqual([9, 9, "DOCUMENT_INVALID", 3, 3]);
});

test("a page of named documents is read by their ids, with all others who want some of them; as the store's own page", async () => {
  const { findPage } = createLiveStore(db.reader);
  const named = (values: readonly number[], changes: Partial<PageRequest> = {}): PageRequest => ({
    ...page,
    where: { kind: "in", field: "teaId", negated: false, values },
    limit: 5,
    ...changes,
  });
  const desc = [{ field: "teaId", direction: "desc" }] as const;
  const requests = [
    named([10, 9, 2, 10, 999]),
    named([9, 40, Number(SPOILED), 3], { orderBy: desc }),
    named([40, 8, Number(SPOILED)], { fromEnd: true }),
    { ...named([]), where: { kind: "compare", field: "teaId", operator: "eq", value: 9 } } as const,
    named([]),
  ];
  const ask = async (find: typeof findPage, request: PageRequest) => {
    const gaps: unknown[] = [];
    const found = await find(tea, request, { onInvalid: (id, _error, gap) => gaps.push([id, gap]) });
    return { found, gaps };
  };
  const busy = await keepBusy();
  const answers = requests.map((request) => ask(shared.findPage, request));
  const strict = shared.findPage(tea, named([Number(SPOILED), 1])).catch((error) => error.code as unknown);
  await new Promise((resolve) => setImmediate(resolve));
  release();
  const all = await Promise.all(answers);
  expect(all).toEqual(await Promise.all(requests.map((request) => ask(findPage, request))));
  expect(all.map(({ gaps }) => gaps.length)).toEqual([0, 1, 1, 0, 0]);
  expect(await strict).toBe("DOCUMENT_INVALID");
  await Promise.all(busy);
  expect(asked).toHaveLength(3);
});

test.each<[string, Partial<PageRequest>]>([
  ["holds more than fits", { limit: 1 }],
  ["goes on from somewhere", { after: [1] }],
  ["ends somewhere", { before: [3] }],
  ["is ordered by something else", { orderBy: [{ field: "name", direction: "asc" }] }],
  [
    "asks for something else too",
    { where: { kind: "in", field: "name", negated: false, values: ["tea 1"] } },
  ],
  ["leaves ids out", { where: { kind: "in", field: "teaId", negated: true, values: [1, 2] } }],
])("a page that %s is the store's own", async (_what, changes) => {
  const where = { kind: "in", field: "teaId", negated: false, values: [2, 1] } as const;
  await shared.findPage(tea, { ...page, where, ...changes });
  expect(asked).toEqual([expect.objectContaining({ limit: expect.any(Number) })]);
});
