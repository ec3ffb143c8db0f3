import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withKnownTables } from "../../../src/core/change-tables.ts";
import { readMirrorStatus, readSourceStatus } from "../../../src/core/source-status.ts";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { int } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { readApplied, recordApplied } from "../../../src/stores/mongodb/mirror-records.ts";
import { shapeHash } from "../../../src/stores/mongodb/mirror-schema.ts";
import { writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { prepareCollection } from "../../../src/stores/mongodb/prepare-collection.ts";
import { captureTables, noteTouched } from "../../support/capture.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const define = (name: string) =>
  defineModel({ name, typeName: "Thing", description: "A thing.", key: "id", fields: { id: int("Id.") } });
const thing = define("thing");
const other = define("other");
const models = [thing, other];

describe("the age of the mirror", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openTestDatabase({ migrate: false });
    for (const file of [
      "0001-mirror-tables",
      "0004-mirror-shapes",
      "0012-change-tables",
      "0015-captured-tables",
      "0024-branches-of-positions",
    ]) {
      const tables = new URL(`../../../sql/migrations/core/${file}.sql`, import.meta.url);
      await db.admin.query(await readFile(tables, "utf8"));
    }
    await db.admin.query("create table t (t_id int primary key); create table u (u_id int primary key)");
    await captureTables(db.admin, [{ table: "t" }, { table: "u" }]);
    for (const [model, table] of [
      ["thing", "t"],
      ["thing", "u"],
      ["other", "u"],
    ] as const)
      await noteTouched(db.admin, model, table);
    await prepareCollection(db.mongo, thing);
  });
  afterAll(() => db?.close());
  beforeEach(async () => {
    for (const table of [
      "vitrine_change_t",
      "vitrine_change_u",
      "vitrine_pending",
      "vitrine_rejected",
      "vitrine_state",
    ])
      await db.admin.query(`delete from ${table}`);
    await recordApplied(db.mongo, thing, { n: 9n, incarnation: "life" }, { writeConcern: { w: "majority" } });
  });
  const statusOf = async (name: string) => (await readSourceStatus(db.reader, models)).models.get(name);
  const record = (rebuild: string, hash = shapeHash(thing)) =>
    db.admin.query(
      "insert into vitrine_state (model, shape_hash, acked, complete, rebuild_status) values ('thing', ?, 9, 8, ?)",
      [hash, rebuild],
    );
  const change = (table: "t" | "u", seconds: number) =>
    db.admin.query(
      `insert into vitrine_change_${table} (${table}_id, vitrine_at) values (1, utc_timestamp(6) - interval ? second)`,
      [seconds],
    );
  const pending = (model: string, seconds: number) =>
    db.admin.query(
      "insert into vitrine_pending (model, document_id, logged_at) values (?, '1', utc_timestamp(6) - interval ? second)",
      [model, seconds],
    );

  it("needs a rebuild before anything was recorded", async () => {
    expect(await statusOf("thing")).toMatchObject({
      rebuild: "needed",
      complete: 0n,
      sameShape: false,
      lagMs: 0,
    });
    expect((await createFreshness(db.reader, db.mongo, models).of(thing)).unusable).not.toBeNull();
  });

  it("is that of the oldest change, also when it waits behind the small ones", async () => {
    await record("done");
    await pending("thing", 5);
    await db.admin.query(
      `insert into vitrine_pending (model, document_id, logged_at, bulk)
      values ('thing', '2', utc_timestamp(6) - interval 60 second, 1)`,
    );
    const { lagMs } = (await statusOf("thing")) ?? {};
    expect(lagMs).toBeGreaterThanOrEqual(60_000);
  });

  it("is not told for an older copy of the mirror, though no loader is there to notice", async () => {
    await record("done");
    await db.admin.query("update vitrine_state set acked = 10");
    expect((await createFreshness(db.reader, db.mongo, models).of(thing)).unusable).toMatch(/older copy/);
    await recordApplied(
      db.mongo,
      thing,
      { n: 10n, incarnation: "life" },
      { writeConcern: { w: "majority" } },
    );
    expect((await createFreshness(db.reader, db.mongo, models).of(thing)).unusable).toBeNull();
    await db.mongo.db.collection("_vitrine").deleteMany({});
    expect((await createFreshness(db.reader, db.mongo, models).of(thing)).unusable).toMatch(/older copy/);
  });

  it("is not raised by a server that took over while the record is of what was lost", async () => {
    const durable = { writeConcern: { w: "majority" } } as const;
    await recordApplied(db.mongo, thing, { n: 20n, incarnation: "primary" }, durable);
    const later = { n: 30n, incarnation: "replica", branches: [{ life: "primary", upTo: 19n }] };
    for (const acked of [0n, 5n])
      await expect(recordApplied(db.mongo, thing, { ...later, acked }, durable)).rejects.toMatchObject({
        code: "UNHEALTHY",
      });
    expect((await readApplied(db.mongo)).get("thing")).toEqual({ n: 20n, incarnation: "primary" });
    const knowing = { ...later, branches: [{ life: "primary", upTo: 20n }] };
    await recordApplied(db.mongo, thing, knowing, durable);
    expect((await readApplied(db.mongo)).get("thing")).toEqual({ n: 30n, incarnation: "replica" });
    await db.mongo.db.collection("_vitrine").deleteMany({});
  });

  it("is 0 when nothing waits", async () => {
    await record("done");
    expect(await statusOf("thing")).toMatchObject({
      lagMs: 0,
      pendingChanges: 0,
      complete: 8n,
      acked: 9n,
      sameShape: true,
    });
    expect(await createFreshness(db.reader, db.mongo, models).of(thing)).toMatchObject({
      unusable: null,
      lagMs: 0,
      position: 8n,
      isCurrent: true,
    });
  });

  it("is that of the oldest change of its own tables, and of its oldest pending document; no neighbour ages it", async () => {
    await record("done");
    await db.admin.query("insert into vitrine_state (model, shape_hash) values ('other', ?)", [
      shapeHash(other),
    ]);
    await pending("thing", 30);
    await pending("thing", 10);
    await change("t", 60);
    await change("u", 5);
    const [first, second] = [await statusOf("thing"), await statusOf("other")];
    expect(first?.lagMs).toBeGreaterThanOrEqual(60_000);
    expect(first?.lagMs).toBeLessThan(65_000);
    expect(first?.pendingChanges).toBe(4);
    expect(second?.lagMs).toBeGreaterThanOrEqual(5_000);
    expect(second?.lagMs).toBeLessThan(10_000);
    expect(second?.pendingChanges).toBe(1);
  });

  it("is not told for a mirror of another definition or one that is being rebuilt", async () => {
    await record("done", "0000000000000000");
    expect((await createFreshness(db.reader, db.mongo, models).of(thing)).unusable).toMatch(/definition/);
    await db.admin.query("delete from vitrine_state");
    await record("running");
    expect((await createFreshness(db.reader, db.mongo, models).of(thing)).unusable).toMatch(/running/);
  });

  it("comes with what MongoDB says, tombstones not counted", async () => {
    await record("done");
    await writeBatch(db.mongo, thing, { n: 9n, incarnation: "x" }, [
      { id: "1", document: { id: 1 } },
      { id: "2", document: { id: 2 } },
      { id: "3", document: null },
    ]);
    expect(await readMirrorStatus({ source: db.reader, mongo: db.mongo, models })).toMatchObject([
      { model: "thing", documents: 2, applied: 9n },
      { model: "other", documents: 0, applied: null },
    ]);
  });

  /** Counts statements, and can be cut off. */
  function watched(): { readonly db: MariaDb; asked: number; away: boolean } {
    const state = { asked: 0, away: false };
    const nowhere = openMariaDb("mariadb://root@127.0.0.1:1/none");
    const query: MariaDb["query"] = (sql, values) => {
      state.asked++;
      return (state.away ? nowhere : db.reader).query(sql, values);
    };
    return Object.assign(state, { db: { ...db.reader, query } });
  }

  it("is asked for once by many, and again after 100 ms or when somebody wants it newer", async () => {
    const source = watched();
    let now = 0;
    await withKnownTables(db.reader, async () => undefined);
    const meter = createFreshness(source.db, db.mongo, models, () => now);
    await Promise.all(Array.from({ length: 50 }, () => meter.of(thing)));
    await meter.of(other);
    expect(source.asked).toBe(1);
    now = 1;
    await meter.of(thing, 0);
    expect(source.asked).toBe(2);
    now = 102;
    await Promise.all([meter.of(thing), meter.of(other)]);
    expect(source.asked).toBe(3);
  });

  it("shows a change to a query that allows no staleness, however recently somebody else looked", async () => {
    await record("done");
    const meter = createFreshness(db.reader, db.mongo, models);
    await meter.of(thing);
    await change("t", 1);
    expect((await meter.of(thing, 0)).lagMs).toBeGreaterThanOrEqual(1000);
  });

  it("grows from the last look while MariaDB is away, says so, and recovers", async () => {
    await record("done");
    const source = watched();
    let now = 0;
    const meter = createFreshness(source.db, db.mongo, models, () => now);
    await meter.of(thing);
    source.away = true;
    now = 5000;
    expect(await meter.of(thing)).toMatchObject({
      isCurrent: false,
      lagMs: 5000,
      unusable: null,
      position: 8n,
    });
    const asked = source.asked;
    now = 5300;
    expect(await meter.of(thing)).toMatchObject({ isCurrent: false, lagMs: 5300 });
    expect(source.asked).toBe(asked);
    source.away = false;
    now = 6000;
    expect(await meter.of(thing)).toMatchObject({ isCurrent: true, lagMs: 0 });
  });
});
