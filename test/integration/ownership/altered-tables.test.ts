import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { watchCapture } from "../../../src/app/watch-capture.ts";
import { checkCaptureTriggers } from "../../../src/migrations/check-capture-triggers.ts";
import { compareGeneratedFiles, writeGeneratedFiles } from "../../../src/migrations/generated-files.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { describeMissing, findMissingParts } from "../../../src/migrations/missing-parts.ts";
import { readCapturedDomains } from "../../../src/migrations/read-captured.ts";
import { int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";
import { buildHarbour } from "../../support/harbour.ts";
import { openMirror, type TestMirror } from "../../support/open-mirror.ts";

/** Owners alter their tables while a loader runs, and nobody of Vitrine's is there. */
const description = "Of a harbour.";
const models = [
  defineModel({
    ...{ description, name: "vessel", typeName: "Vessel", key: "imo" },
    fields: {
      imo: int("Number."),
      called: string("Its name."),
      line: string("Its line.", { nullable: true }),
    },
  }),
  defineModel({
    ...{ description, name: "booked", typeName: "Booked", key: "id" },
    fields: {
      id: int("Number."),
      ship: string("The ship's name.", { nullable: true }),
      boxes: int("Containers."),
    },
  }),
];
const views = {
  vessel: `select ships.imo, ships.name as called, shipping_lines.name as line from ships
    left join shipping_lines on shipping_lines.id = ships.line_id`,
  booked: `select bookings.id, ships.name as ship,
      (select count(*) from containers where containers.booking_id = bookings.id) as boxes
    from bookings left join voyages on voyages.id = bookings.voyage_id
    left join ships on ships.imo = voyages.ship_imo`,
};
const project = defineProject({
  sql: "sql",
  domains: [defineDomain({ name: "harbour", description, models })],
});

let mirror: TestMirror;
let sqlDir: string;
let stop: AbortController | undefined;
let running: Promise<void> | undefined;
beforeAll(async () => {
  sqlDir = await mkdtemp(join(tmpdir(), "vitrine-altered-"));
  mirror = await openMirror({
    ...{ project, sqlDir, migrate: false },
    prepare: async () => {},
    compare: () => Promise.reject(new Error("Nothing independent is known of these models.")),
  });
  await buildHarbour(mirror.admin, { empty: true });
  await mirror.admin.query(rows);
  await writeViews();
  await mend();
}, 60_000);
afterEach(async () => {
  stop?.abort();
  await running;
});
afterAll(async () => {
  await mirror?.close();
  await rm(sqlDir, { recursive: true, force: true });
});

const rows = `
  insert into countries values ('AA', 'Aland');
  insert into ports values (1, 'AA', 'One');
  insert into shipping_lines values (1, 'Line 1'), (2, 'Line 2');
  insert into ships select seq, 1 + seq % 2, concat('MV ', seq), 2000, 'AA' from seq_1_to_9;
  insert into voyages select seq, 1 + seq % 9, 1, 1, '2024-01-01', 1 from seq_1_to_20;
  insert into customers values ('C', 'Customer', null);
  insert into bookings select seq, 1 + seq % 20, 'C', 1, '2024-01-01' from seq_1_to_40;
  insert into containers select concat('MSKU', lpad(seq, 7, '0')), 1 + seq % 40, 1, 2000, 0 from seq_1_to_90`;

async function writeViews(change = (text: string) => text): Promise<void> {
  await mkdir(join(sqlDir, "views/harbour"), { recursive: true });
  for (const [name, text] of Object.entries(views))
    await writeFile(
      join(sqlDir, `views/harbour/${name}.sql`),
      `create or replace sql security invoker view ${name} as\n${change(text)};\n`,
    );
}

async function mend(): Promise<void> {
  await writeGeneratedFiles(sqlDir, await compareGeneratedFiles(mirror.mariadbUrl, sqlDir, project));
  await migrateUp({ admin: mirror.admin, sqlDir, domains: project.domains });
}

function follow(): void {
  stop = new AbortController();
  const { admin, loader } = mirror;
  const checkCapture = watchCapture({ admin, loader, project: { ...project, sqlDir } });
  running = mirror.createLoader(models, { checkCapture }).run(stop.signal);
}

const wrong = async () => {
  const defects: string[] = [];
  for (const { name } of models) {
    const report = await mirror.verify(name);
    if (!report.isComplete) return "not complete";
    defects.push(...report.defects.map(({ id, kind }) => `${name} ${id} ${kind}`));
  }
  return defects;
};
/** What `vitrine doctor` finds wrong with what views read and with triggers. */
const findings = async () => {
  const { admin } = mirror;
  const domains = await readCapturedDomains({ sqlDir, domains: project.domains });
  const triggers = await checkCaptureTriggers(admin, { domains });
  const missing = await findMissingParts(
    admin,
    models.map(({ name }) => name),
  );
  return [...missing.map(describeMissing), ...triggers.map(({ message }) => message)];
};
const said = () => mirror.events.flatMap((event) => (event.type === "failed" ? [String(event.error)] : []));

test("a column that its owner renames stops no write, is told by name, and after one run nothing is wrong", async () => {
  follow();
  await expect.poll(wrong, { timeout: 30_000 }).toEqual([]);
  await mirror.admin.query("alter table ships rename column name to title");
  // All as the owner's programs do it, a moment later.
  await mirror.admin.query("update ships set title = 'Renamed' where imo = 3");
  await mirror.admin.query("insert into ships values (10, 1, 'MV 10', 2001, null)");
  await mirror.admin.query("delete from voyages where id = 4");
  await mirror.admin.query("update customers set code = 'D' where code = 'C'");
  const told =
    "Error: Table ships has no column name any more, and vessel, booked read it: its owner dropped or renamed it. Run `vitrine mend`.";
  await expect.poll(said, { timeout: 30_000 }).toContain(told);
  expect(said().join()).toContain("ships (without name, with title) became another one: booked, vessel are");
  expect(await findings()).toContain(told.slice("Error: ".length));
  await writeViews((text) => text.replaceAll("ships.name", "ships.title"));
  await mend();
  await mirror.admin.query("update ships set title = 'Again' where imo = 5");
  await expect.poll(wrong, { timeout: 30_000 }).toEqual([]);
  const vessel = await mirror.mongo.db.collection("vessel").findOne({ called: "Renamed" });
  expect(vessel).toMatchObject({ imo: 3 });
  expect(await findings()).toEqual([]);
});

test("a key that outgrows where it is logged stops no write, and its documents are mirrored anew", async () => {
  follow();
  await mirror.admin.query(
    `alter table container_events drop foreign key container_events_ibfk_1;
    alter table containers modify id varchar(300) not null;
    alter table container_events modify container_id varchar(300) not null,
      add foreign key (container_id) references containers (id) on delete cascade on update cascade`,
  );
  const told = () => said().some((text) => text.includes("containers (another id)"));
  await expect.poll(told, { timeout: 30_000 }).toBe(true);
  await expect.poll(wrong, { timeout: 30_000 }).toEqual([]);
  await mirror.admin.query("insert into containers values (repeat('x', 280), 7, 1, 2000, 0)");
  const boxes = async () => (await mirror.mongo.db.collection("booked").findOne({ id: 7 } as object))?.boxes;
  const [row] = await mirror.admin.query<{ n: number }>(
    "select count(*) as n from containers where booking_id = 7",
  );
  await expect.poll(boxes, { timeout: 30_000 }).toBe(Number(row?.n));
  await mirror.admin.query("delete from bookings where id = 7");
  await expect.poll(boxes, { timeout: 30_000 }).toBeUndefined();
  await mend();
  await expect.poll(wrong, { timeout: 30_000 }).toEqual([]);
});

test("a table that is dropped is told by name, and what does not read it stays whole", async () => {
  follow();
  await expect.poll(wrong, { timeout: 30_000 }).toEqual([]);
  const before = said().length;
  await mirror.admin.query("drop table container_events; drop table containers");
  await mirror.admin.query(
    "update ships set title = 'Still' where imo = 6; delete from bookings where id = 9",
  );
  const now = () => said().slice(before).join("\n");
  await expect
    .poll(now, { timeout: 30_000 })
    .toContain(
      "Table containers is gone, and booked reads it: its owner dropped or renamed it. Run `vitrine mend`.",
    );
  expect((await findings()).join("\n")).toMatch(
    /Captured table containers: it does not exist.* run `vitrine mend`/,
  );
  const name = async () => (await mirror.mongo.db.collection("vessel").findOne({ imo: 6 }))?.called;
  await expect.poll(name, { timeout: 30_000 }).toBe("Still");
});
