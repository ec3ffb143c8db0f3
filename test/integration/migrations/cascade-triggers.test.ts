import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkCaptureTriggers } from "../../../src/migrations/check-capture-triggers.ts";
import { checkCascades } from "../../../src/migrations/check-cascades.ts";
import { compareGeneratedFiles, writeGeneratedFiles } from "../../../src/migrations/generated-files.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { readCapturedDomains } from "../../../src/migrations/read-captured.ts";
import { bigint, decimal, int, list } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";
import { cascadingTables, cascadingViews } from "../../support/cascading-tables.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { findMissed, operation, rounds } from "../../support/soundness.ts";

const common = { description: "In the house." } as const;
const models = [
  defineModel({
    ...{ ...common, name: "houses", typeName: "House", key: "houseId" },
    fields: {
      houseId: int("House."),
      number: int("Number."),
      rooms: list("Rooms.", int("Room.")),
      lamps: bigint("Lamps of its number."),
    },
  }),
  defineModel({
    ...{ ...common, name: "rooms", typeName: "Room", key: "roomId" },
    fields: {
      roomId: int("Room."),
      number: int("Number of the house.", { nullable: true }),
      lamps: list("Lamps.", int("Lamp.")),
      inside: bigint("Rooms in it."),
      bulbs: decimal("Sum of the lamps of its bulbs.", 0),
    },
  }),
  defineModel({
    ...{ ...common, name: "lamps", typeName: "Lamp", key: "lampId" },
    fields: {
      lampId: int("Lamp."),
      number: int("Number of the house.", { nullable: true }),
      roomId: int("Room.", { nullable: true }),
      twin: int("Lamp that looks like it.", { nullable: true }),
      watts: decimal("Watts of its bulbs.", 0),
    },
  }),
];
const project = defineProject({
  sql: "sql",
  domains: [defineDomain({ name: "home", description: "A home.", models })],
});

const three = fc.integer({ min: 1, max: 3 });
const six = fc.integer({ min: 1, max: 6 });
const maybe = fc.option(six, { nil: null, freq: 4 });
const writes = fc.oneof(
  operation("insert into house values (?, ?)", three, six),
  operation("insert into room values (?, ?, ?, ?, 'x')", six, maybe, maybe, maybe),
  operation("insert into lamp values (?, ?, ?, ?)", six, maybe, maybe, maybe),
  operation("insert into bulb values (?, ?, ?, ?)", maybe, six, three, six),
  operation("delete from house where house_id = ?", three),
  operation("update house set number = ? where house_id = ?", six, three),
  operation("delete from room where room_id = ?", six),
  operation("update room set room_id = ? where room_id = ?", six, six),
  operation("update room set within = ?, label = 'y' where room_id = ?", maybe, six),
  operation("delete from lamp where lamp_id = ?", six),
  operation("update lamp set lamp_id = ? where lamp_id = ?", six, six),
  operation("update lamp set room_id = ?, number = ? where lamp_id = ?", maybe, maybe, six),
);

let db: TestDatabase;
let sqlDir: string;
beforeAll(async () => {
  sqlDir = await mkdtemp(join(tmpdir(), "vitrine-cascades-"));
  db = await openTestDatabase({ project, sqlDir, migrate: false });
  // Of somebody else: no file makes them.
  await db.admin.query(cascadingTables);
  await mkdir(join(sqlDir, "views/home"), { recursive: true });
  for (const [name, text] of Object.entries(cascadingViews))
    await writeFile(
      join(sqlDir, `views/home/${name}.sql`),
      `create or replace sql security invoker view ${name} as ${text};\n`,
    );
  await writeGeneratedFiles(sqlDir, await compareGeneratedFiles(db.mariadbUrl, sqlDir, project));
  await migrateUp({ admin: db.admin, sqlDir, domains: project.domains });
  // Every round begins in a furnished house, and is rolled back.
  await db.admin.query(
    `insert into house values (1, 1), (2, 2), (3, 3);
    insert into room values (1, 1, 1, null, 'x'), (2, null, 2, 1, 'x'), (3, 2, null, 2, 'x'), (4, 2, 1, null, 'x');
    insert into lamp values (1, 1, 1, null), (2, 2, 2, null), (3, 3, 1, null), (4, null, 3, 1);
    insert into bulb values (1, 1, 1, 5), (2, 2, 1, 6), (3, 3, 1, 7), (1, 3, 2, 8), (null, 4, 1, 9)`,
  );
}, 60_000);
afterAll(async () => {
  await db?.close();
  await rm(sqlDir, { recursive: true, force: true });
});

const listCascades = async () =>
  (await readdir(join(sqlDir, "triggers/home"))).filter((name) => name.includes("_cascade_")).sort();

test("each table that foreign keys follow gets a trigger, and no other", async () => {
  expect(await listCascades()).toEqual([
    "house_before_delete_cascade_home.sql",
    "house_before_update_cascade_home.sql",
    "lamp_before_delete_cascade_home.sql",
    "lamp_before_update_cascade_home.sql",
    "room_before_delete_cascade_home.sql",
    "room_before_update_cascade_home.sql",
  ]);
  const domains = await readCapturedDomains({ sqlDir, domains: project.domains });
  expect(await checkCascades(db.admin, { domains })).toEqual([]);
  expect(await checkCaptureTriggers(db.admin, { domains })).toEqual([]);
  expect(await compareGeneratedFiles(db.mariadbUrl, sqlDir, project)).toEqual([]);
}, 60_000);

test("random writes leave no document that differs and was not touched, however deep foreign keys go", async () => {
  const different = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(rounds(writes), async (round) => {
      const missed = await findMissed(db.admin, models, round, (model, count) =>
        different.set(model, (different.get(model) ?? 0) + count),
      );
      expect(missed).toEqual([]);
    }),
    { numRuns: 150 },
  );
  for (const { name } of models) expect(different.get(name)).toBeGreaterThan(20);
}, 120_000);

test("a transaction that read before another wrote logs the rows of that one too, which it takes along", async () => {
  const last = async () => {
    const [row] = await db.admin.query<{ n: string }>(
      "select coalesce(max(vitrine_id), 0) as n from vitrine_change_lamp",
    );
    return Number(row?.n);
  };
  await db.admin.query(
    `insert into house values (9, 9);
    insert into room values (11, null, null, null, 'x'), (14, 9, null, null, 'x')`,
  );
  // Through rows that take rows of their own table along, and straight.
  for (const [write, remove, lamp] of [
    [
      "insert into room values (15, null, null, 14, 'x'); insert into lamp values (15, 15, null, null)",
      "house where house_id = 9",
      15,
    ],
    ["insert into lamp values (16, 11, null, null)", "room where room_id = 11", 16],
  ] as const) {
    await db.admin.withConnection(async (late) => {
      await late.run("start transaction with consistent snapshot");
      await db.admin.query(write);
      const before = await last();
      await late.run(`delete from ${remove}`);
      await late.run("commit");
      const logged = await db.admin.query<{ lamp_id: string }>(
        "select distinct lamp_id from vitrine_change_lamp where vitrine_id > ? order by lamp_id",
        [before],
      );
      expect(logged.map(({ lamp_id }) => Number(lamp_id))).toEqual([lamp]);
    });
  }
}, 60_000);

test("without one of them the same writes are missed", async () => {
  for (const name of await listCascades()) {
    const trigger = name.replace(".sql", "");
    const [row] = await db.admin.query<{ "SQL Original Statement": string }>(
      `show create trigger ${trigger}`,
    );
    await db.admin.run(`drop trigger ${trigger}`);
    let isFoundOut = false;
    for (const round of fc.sample(rounds(writes), { numRuns: 400, seed: 7 })) {
      isFoundOut = (await findMissed(db.admin, models, round)).length > 0;
      if (isFoundOut) break;
    }
    expect(isFoundOut, trigger).toBe(true);
    await db.admin.run(row?.["SQL Original Statement"] ?? "");
  }
}, 240_000);

test("no trigger names a column that no document shows, so its owner may add, rename and drop it", async () => {
  for (const statement of [
    "alter table room add column colour varchar(9) null, rename column label to caption",
    "update room set number = 2 where room_id = 2",
    "alter table room drop column caption, drop column colour",
    "update room set number = 1 where room_id = 2",
    "delete from room where room_id = 1",
  ])
    await db.admin.run(statement);
  const [row] = await db.admin.query<{ n: string }>(
    "select count(*) as n from vitrine_change_room where room_id = 2",
  );
  expect(Number(row?.n)).toBeGreaterThan(2);
});
