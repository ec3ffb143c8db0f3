import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateCaptureTriggers } from "../../../src/migrations/capture-triggers.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { type CapturedTable, defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { intercept } from "../../support/intercept.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

const tools = defineModel({
  name: "tools",
  typeName: "Tool",
  description: "A tool.",
  key: "toolId",
  fields: { toolId: int("Number."), name: string("Name.") },
});
const touched = (table: string, columns = "vitrine_id, tool_id") =>
  `-- purpose: documents of tools that changes of ${table} touch
-- model: tools
-- changes: ${table}
create or replace sql security invoker view tools_touched_by_${table} as
select vitrine_id as change_id, tool_id as document_id from (select ${columns} from vitrine_change_${table}) c;
`;

let folder: SqlFolder;
let db: TestDatabase;

beforeEach(async () => {
  folder = await createSqlFolder({
    "migrations/shed/0001-tables.sql": `create table if not exists tool (
      tool_id int primary key, name varchar(20) not null, shelf int not null default 1);
    create table if not exists \`table\` (tool_id int primary key, name varchar(20) not null);`,
    "views/shed/tools.sql":
      "-- purpose: tools\ncreate or replace sql security invoker view tools as\nselect tool_id, name from tool;\n",
    "touched/shed/tools_touched_by_tool.sql": touched("tool"),
  });
  const project = defineProject({
    sql: "sql",
    domains: [{ name: "shed", description: "A shed.", models: [tools], captured: [] }],
  });
  db = await openTestDatabase({ project, sqlDir: folder.dir, migrate: false });
});
afterEach(async () => {
  await db.close();
  await folder.close();
});

const shed = (captured: readonly CapturedTable[]) => ({
  name: "shed",
  description: "A shed.",
  models: [tools],
  captured,
});

/** As a developer does: migrates the tables, generates the triggers, migrates. */
async function migrate(
  captured: readonly CapturedTable[],
  { admin = db.admin, dryRun = false } = {},
): Promise<readonly string[]> {
  await migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: [shed(captured)], scope: "tables" });
  for (const { file, text } of await generateCaptureTriggers(db.admin, shed(captured)))
    await folder.write({ [file]: text });
  const steps = await migrateUp({ admin, sqlDir: folder.dir, domains: [shed(captured)], dryRun });
  return steps.map(({ action, name }) => `${action} ${name}`);
}

const columnsOf = async (table: string) =>
  (
    await db.admin.query<{ name: string }>(
      `select column_name as name from information_schema.columns
      where table_schema = database() and table_name = ? and column_name not like 'vitrine%'
      order by ordinal_position`,
      [table],
    )
  ).map(({ name }) => name);

const trust = () =>
  db.admin.run(
    `replace into vitrine_state (model, shape_hash, rebuild_status, rebuilt_at)
    values ('tools', 'x', 'done', utc_timestamp(3))`,
  );
const isTrusted = async () =>
  (await db.admin.query("select 1 from vitrine_state where rebuilt_at is not null")).length > 0;

describe("a change table", () => {
  test("gets a new key before the triggers write it, and what was logged without it is distrusted", async () => {
    await migrate([{ table: "tool" }]);
    expect(await columnsOf("vitrine_change_tool")).toEqual(["tool_id"]);
    await db.admin.run("insert into tool values (1, 'hammer', 3)");
    await trust();
    const steps = await migrate([{ table: "tool", keys: ["shelf"] }]);
    expect(steps.indexOf("apply change table vitrine_change_tool")).toBe(0);
    expect(await columnsOf("vitrine_change_tool")).toEqual(["tool_id", "shelf"]);
    expect(await isTrusted()).toBe(false);
    await db.admin.run("insert into tool values (2, 'saw', 4)");
    expect(await db.admin.query("select shelf from vitrine_change_tool order by vitrine_id")).toEqual([
      { shelf: null },
      { shelf: "4" },
    ]);
    await trust();
    expect(await migrate([{ table: "tool", keys: ["shelf"] }])).toEqual([]);
    expect(await isTrusted()).toBe(true);
  });

  test("whoever stops after it was altered leaves the distrust to the next run", async () => {
    await migrate([{ table: "tool" }]);
    await trust();
    const stopped = intercept(db.admin, async (sql) => {
      if (/create or replace trigger/.test(sql)) throw new Error("The machine stopped.");
    });
    await expect(migrate([{ table: "tool", keys: ["shelf"] }], { admin: stopped })).rejects.toThrow(
      "The machine stopped.",
    );
    // A rebuild that reads before the triggers are there.
    await trust();
    await migrate([{ table: "tool", keys: ["shelf"] }]);
    expect(await isTrusted()).toBe(false);
  });

  test("loses a key that nothing names any more, when the triggers that wrote it are replaced", async () => {
    await migrate([{ table: "tool", keys: ["shelf"] }]);
    const steps = await migrate([{ table: "tool" }]);
    expect(steps.indexOf("apply change table vitrine_change_tool")).toBeGreaterThan(
      steps.indexOf("apply triggers/shed/tool_after_insert_capture.sql"),
    );
    expect(await columnsOf("vitrine_change_tool")).toEqual(["tool_id"]);
    await db.admin.run("insert into tool values (1, 'hammer', 3)");
  });

  test("keeps a key that a view or somebody's trigger names", async () => {
    await folder.write({
      "touched/shed/tools_touched_by_tool.sql": touched("tool", "vitrine_id, tool_id, shelf"),
    });
    await migrate([{ table: "tool", keys: ["shelf"] }]);
    await migrate([{ table: "tool" }]);
    expect(await columnsOf("vitrine_change_tool")).toEqual(["tool_id", "shelf"]);
    await folder.write({ "touched/shed/tools_touched_by_tool.sql": touched("tool") });
    await db.admin.query(
      "create trigger by_hand after update on tool for each row insert into vitrine_change_tool (tool_id, shelf) values (1, 1)",
    );
    await migrate([{ table: "tool" }]);
    expect(await columnsOf("vitrine_change_tool")).toEqual(["tool_id", "shelf"]);
    await db.admin.query("drop trigger by_hand");
    await migrate([{ table: "tool" }]);
    expect(await columnsOf("vitrine_change_tool")).toEqual(["tool_id"]);
  });

  test("stays as long as somebody's trigger writes it, and goes when nothing names it", async () => {
    await migrate([{ table: "tool" }]);
    await folder.remove(
      "touched/shed/tools_touched_by_tool.sql",
      ...["insert", "update", "delete"].map((event) => `triggers/shed/tool_after_${event}_capture.sql`),
    );
    await db.admin.query(
      "create trigger by_hand after insert on tool for each row insert into vitrine_change_tool (tool_id) values (new.tool_id)",
    );
    await migrate([]);
    await db.admin.run("insert into tool values (1, 'hammer', 3)");
    expect(await columnsOf("vitrine_change_tool")).toEqual(["tool_id"]);
    await db.admin.query("drop trigger by_hand");
    expect(await migrate([])).toEqual(["drop change table vitrine_change_tool"]);
    expect(await columnsOf("vitrine_change_tool")).toEqual([]);
    expect(await db.admin.query("select source_table from vitrine_captured_table")).toEqual([]);
  });

  test.each([
    [
      "a trigger by the database's name",
      (shop: string) =>
        `create trigger by_hand after update on tool for each row
        insert into ${shop}.vitrine_change_tool (tool_id, shelf) values (1, 1)`,
    ],
    [
      "a function by the table's alias",
      () =>
        `create function by_hand() returns int reads sql data
        return (select max(c . shelf) from vitrine_change_tool as c)`,
    ],
    [
      "a procedure in a text that it executes",
      () =>
        "create procedure by_hand() execute immediate 'delete from `vitrine_change_tool` where shelf = 1'",
    ],
    [
      "an event",
      () =>
        `create event by_hand on schedule every 1 day disable do
        delete c from vitrine_change_tool as c where c.shelf = 1`,
    ],
    [
      "a trigger of its own",
      () =>
        "create trigger by_hand before insert on vitrine_change_tool for each row set new.shelf = new.shelf",
    ],
  ])("and its key stay as long as %s names them", async (_, create) => {
    await migrate([{ table: "tool", keys: ["shelf"] }]);
    const sql = create(db.admin.database);
    await db.admin.query(sql);
    await migrate([{ table: "tool" }]);
    expect(await columnsOf("vitrine_change_tool")).toEqual(["tool_id", "shelf"]);
    await folder.remove(
      "touched/shed/tools_touched_by_tool.sql",
      ...["insert", "update", "delete"].map((event) => `triggers/shed/tool_after_${event}_capture.sql`),
    );
    await migrate([]);
    expect(await columnsOf("vitrine_change_tool")).toEqual(["tool_id", "shelf"]);
    await db.admin.query(`drop ${sql.split(" ", 2)[1]} by_hand`);
    expect(await migrate([])).toEqual(["drop change table vitrine_change_tool"]);
  });

  test("may be of a table whose name is any word", async () => {
    await folder.write({ "touched/shed/tools_touched_by_table.sql": touched("table") });
    await migrate([{ table: "tool" }, { table: "table" }]);
    await db.admin.run("insert into `table` values (7, 'bench')");
    expect(await db.admin.query("select document_id from tools_touched_by_table")).toEqual([
      { document_id: "7" },
    ]);
  });

  test("is told beforehand in a dry run, which makes none", async () => {
    expect(await migrate([{ table: "tool" }], { dryRun: true })).toContain(
      "apply change table vitrine_change_tool",
    );
    expect(await columnsOf("vitrine_change_tool")).toEqual([]);
  });
});

describe("a touched view written by hand", () => {
  test("of a table that is not captured is refused, before anything is changed", async () => {
    await folder.write({
      "touched/shed/tools_touched_by_tool.sql": touched("tool").replace("s: tool", "s: Tool"),
    });
    await folder.write({ "migrations/shed/0002-bench.sql": "create table if not exists bench (id int);\n" });
    const all = migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: [shed([{ table: "tool" }])] });
    await expect(all).rejects.toThrow(
      "touched/shed/tools_touched_by_tool.sql: its header says `-- changes: Tool`, but no table Tool is captured. Write tool.",
    );
    expect(await db.admin.query("show tables")).toEqual([]);
  });

  test("of a model that there is not is refused", async () => {
    await folder.write({
      "touched/shed/tools_touched_by_tool.sql": touched("tool").replace("model: tools", "model: tool"),
    });
    await expect(migrate([{ table: "tool" }])).rejects.toThrow(
      "touched/shed/tools_touched_by_tool.sql: its header says `-- model: tool`, but there is no model tool.",
    );
  });
});
