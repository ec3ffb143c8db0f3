import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrateDown, migrateUp } from "../../../src/migrations/migrate.ts";
import { migrationStatus } from "../../../src/migrations/migration-status.ts";
import { int, link, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { type Domain, defineDomain, defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

const day = defineModel({
  name: "day",
  typeName: "Day",
  description: "A day.",
  key: "dayId",
  fields: { dayId: int("Number."), name: string("What it is called.") },
});
const meeting = defineModel({
  name: "meeting",
  typeName: "Meeting",
  description: "A meeting.",
  key: "meetingId",
  fields: { meetingId: int("Number."), dayId: int("Its day."), day: link("day", { key: "dayId" }) },
});
const calendar = defineDomain({
  name: "calendar",
  description: "Days.",
  models: [day],
  captured: [{ table: "calendar_day" }],
});
/** Comes first in the project file, and by its name. */
const agenda = defineDomain({
  name: "agenda",
  description: "Meetings on days.",
  uses: ["calendar"],
  models: [meeting],
  captured: [{ table: "agenda_meeting" }],
});
const project = defineProject({ sql: "sql", domains: [agenda, calendar] });

const view = (name: string, select: string) =>
  `create or replace sql security invoker view ${name} as\n${select};\n`;
const files = {
  "migrations/calendar/0001-day.sql":
    "create table if not exists calendar_day (day_id int primary key, name varchar(9) not null);",
  "views/calendar/day.sql": view("day", "select day_id as document_id, name from calendar_day"),
  "procedures/calendar/name_of_day.sql":
    "create or replace function name_of_day(in_id int) returns varchar(9)\nreads sql data\nreturn (select name from calendar_day where day_id = in_id);\n",
  // A foreign key, a view and a call: each would be refused if the used domain did not come first.
  "migrations/agenda/0001-meeting.sql": `create table if not exists agenda_meeting (
    meeting_id int primary key, day_id int not null,
    constraint agenda_meeting_day_id_fk foreign key (day_id) references calendar_day (day_id)
);`,
  "views/agenda/meeting.sql": view(
    "meeting",
    "select m.meeting_id as document_id, d.name from agenda_meeting m join day d on d.document_id = m.day_id",
  ),
  "procedures/agenda/a_name.sql":
    "create or replace function a_name() returns varchar(9)\nreads sql data\nreturn name_of_day(1);\n",
};

let folder: SqlFolder;
let db: TestDatabase;
beforeEach(async () => {
  folder = await createSqlFolder(files);
  db = await openTestDatabase({ project, sqlDir: folder.dir, migrate: false });
});
afterEach(async () => {
  await db.close();
  await folder.close();
});

const target = (domains: readonly Domain[] = project.domains) => ({
  admin: db.admin,
  sqlDir: folder.dir,
  domains,
});
const namesOf = (steps: readonly { readonly name: string }[]) =>
  steps.map(({ name }) => name).filter((name) => !name.includes("/core/"));

test("The SQL of a domain is applied after that of the domains it uses, and reverted before", async () => {
  expect(namesOf(await migrateUp(target()))).toEqual([
    "migrations/calendar/0001-day.sql",
    "migrations/agenda/0001-meeting.sql",
    "change table vitrine_change_calendar_day",
    "change table vitrine_change_agenda_meeting",
    "procedures/calendar/name_of_day.sql",
    "views/calendar/day.sql",
    "procedures/agenda/a_name.sql",
    "views/agenda/meeting.sql",
  ]);
  await db.admin.query(
    "insert into calendar_day values (1, 'Monday'); insert into agenda_meeting values (7, 1)",
  );
  expect(await db.admin.query("select document_id, name, a_name() as day from meeting")).toEqual([
    { document_id: 7, name: "Monday", day: "Monday" },
  ]);
  await folder.write({ "migrations/agenda/0001-meeting.down.sql": "drop table if exists agenda_meeting;" });
  expect(namesOf(await migrateDown(target()))).toEqual(["migrations/agenda/0001-meeting.sql"]);
});

describe("SQL files that make one name twice are refused before anything is changed:", () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    [
      "one table in two domains",
      { "migrations/agenda/0002-day.sql": "create table if not exists `Calendar_Day` (x int);" },
      "migrations/calendar/0001-day.sql makes the table calendar_day, and migrations/agenda/0002-day.sql the table Calendar_Day. Give one of them another name.",
    ],
    [
      "one view in two domains",
      { "views/agenda/day.sql": view("day", "select 1 as one") },
      "views/calendar/day.sql makes the view day, and views/agenda/day.sql the view day.",
    ],
    [
      "a view and a table",
      { "views/calendar/agenda_meeting.sql": view("agenda_meeting", "select 1 as one") },
      "the table agenda_meeting, and views/calendar/agenda_meeting.sql the view agenda_meeting.",
    ],
    [
      "one function in two domains",
      { "procedures/agenda/name_of_day.sql": files["procedures/calendar/name_of_day.sql"] },
      "procedures/calendar/name_of_day.sql makes the function name_of_day",
    ],
    [
      "a table with the engine's prefix",
      { "migrations/agenda/0002-lease.sql": "create table if not exists Vitrine_meeting (x int);" },
      "migrations/agenda/0002-lease.sql makes the table Vitrine_meeting, and names that begin with vitrine_ are the engine's. Give it another name.",
    ],
    [
      "a routine that a migration of the engine's makes",
      {
        "procedures/agenda/vitrine_put_versions.sql":
          "create or replace procedure vitrine_put_versions()\nselect 1;\n",
      },
      "procedures/agenda/vitrine_put_versions.sql makes the procedure vitrine_put_versions, and names that begin with vitrine_ are",
    ],
  ])("%s", async (_what, more, message) => {
    await folder.write(more);
    await expect(migrateUp(target())).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringContaining(message),
    });
    await expect(migrationStatus(target())).rejects.toThrow(message);
    expect(await db.admin.query("show tables")).toEqual([]);
  });

  test("a table that a domain captures, and a domain makes which it does not use", async () => {
    const captured = [{ table: "agenda_meeting" }];
    const domains = [
      { ...calendar, captured },
      { ...agenda, captured: [] },
    ];
    await expect(migrateUp(target(domains))).rejects.toThrow(
      "Domain calendar's captured table agenda_meeting needs the table or view agenda_meeting, which migrations/agenda/0001-meeting.sql makes for domain agenda. Give one of them another name, or let domain calendar use agenda.",
    );
  });
});

test("A table may change hands, and a routine of a migration become a file of its own", async () => {
  await folder.write({
    "migrations/calendar/0002-hand-over.sql": "drop table if exists calendar_event;",
    "migrations/calendar/0001-day.sql": `${files["migrations/calendar/0001-day.sql"]}
create table if not exists calendar_event (x int);
create or replace procedure mend() select 1;`,
    "migrations/agenda/0002-event.sql": "create table if not exists calendar_event (y int);",
    "procedures/calendar/mend.sql": "create or replace procedure mend()\nselect 2;\n",
  });
  await migrateUp(target());
  expect(await db.admin.query("select y from calendar_event")).toEqual([]);
});
