import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSqlFiles } from "../../../src/migrations/sql-files.ts";
import { readReturns, readViewColumns } from "../../../src/reference/sql-columns.ts";
import { readTables } from "../../../src/reference/sql-source.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

/** The dictionary is made from files; here it is held against what the server made of them. */
let database: TestDatabase;
/** Both pages of SQL, in one. */
let text: string;
beforeAll(async () => {
  database = await openTestDatabase();
  const pages = ["core", ...database.project.domains.map(({ name }) => name)];
  const texts = await Promise.all(pages.map((name) => readFile(`docs/reference/sql-${name}.md`, "utf8")));
  text = texts.join("\n");
});
afterAll(() => database?.close());

const query = async (sql: string): Promise<readonly Record<string, string>[]> =>
  (await database.admin.query(sql)) as readonly Record<string, string>[];
const files = () =>
  readSqlFiles(
    database.sqlDir,
    database.project.domains.map(({ name }) => name),
  );
/** Routines that versioned files make are tools of migrations: those files say what they are for. */
async function isTool(name = ""): Promise<boolean> {
  const { versioned } = await files();
  return versioned.some(({ text }) =>
    new RegExp(`^create or replace (?:procedure|function) ${name}\\(`, "m").test(text),
  );
}
/** Rows whose first cell is the name, of anything but tables: a column may be called as a view is. */
const rowsOf = (name = "") =>
  text
    .split(/^(?=## )/m)
    .filter((section) => !section.startsWith("## Tables"))
    .flatMap((section) => section.split("\n"))
    .filter((line) => line.startsWith(`| \`${name}\` |`));

describe("the data dictionary", () => {
  test.each([
    [
      "view",
      "select table_name as name from information_schema.views where table_schema = database() order by 1",
    ],
    [
      "routine",
      "select routine_name as name from information_schema.routines where routine_schema = database() order by 1",
    ],
    [
      "trigger",
      "select trigger_name as name from information_schema.triggers where trigger_schema = database() order by 1",
    ],
  ])("has one row for every %s that is there", async (_kind, sql) => {
    const names = (await query(sql)).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) if (!(await isTool(name))) expect(rowsOf(name), name).toHaveLength(1);
  });

  // Change tables are made from the captured ones: 0012-change-tables.sql says of all what they hold.
  test("has every table with its columns and indexes, and no others", async () => {
    const { versioned } = await files();
    const tables = new Map(
      readTables(versioned.map((file) => file.text)).map((table) => [table.name, table]),
    );
    const columns = await query(
      `select table_name as name, group_concat(column_name order by ordinal_position) as columns
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_schema = database() and table_type <> 'VIEW' and extra not like '%INVISIBLE%'
        and table_name not in (select change_table from vitrine_captured_table) group by 1`,
    );
    const indexes = await query(
      `select table_name as name, group_concat(distinct lower(index_name) order by 1) as indexes from information_schema.statistics
      where table_schema = database() and table_name not in (select change_table from vitrine_captured_table) group by 1`,
    );
    expect(columns.length).toBeGreaterThan(15);
    expect([...tables.keys()].sort()).toEqual(columns.map(({ name }) => name).sort());
    for (const { name = "", columns: expected } of columns) {
      expect(text, name).toContain(`\n### ${name}\n`);
      expect(
        tables
          .get(name)
          ?.columns.map((column) => column.name)
          .join(),
        name,
      ).toBe(expected);
    }
    for (const { name = "", indexes: expected } of indexes)
      expect(
        tables
          .get(name)
          ?.indexes.map((index) => index.name)
          .sort()
          .join(),
        name,
      ).toBe(expected?.split(",").sort().join());
  });

  test("has the columns of every view", async () => {
    const { repeatable } = await files();
    const views = repeatable.filter(({ kind }) => kind === "view");
    const there = await query(
      `select table_name as name, group_concat(column_name order by ordinal_position) as columns
      from information_schema.columns join information_schema.views using (table_schema, table_name)
      where table_schema = database() group by 1`,
    );
    const read = new Map(views.map((file) => [file.object, readViewColumns(file.text)]));
    expect(there.length).toBeGreaterThan(30);
    for (const { name = "", columns = "" } of there) {
      expect(read.get(name)?.join(), name).toBe(columns);
      expect(rowsOf(name)[0], name).toContain(
        columns
          .split(",")
          .map((column) => `\`${column}\``)
          .join(", "),
      );
    }
  });

  test("has what every procedure of the project answers, and every parameter", async () => {
    const { repeatable } = await files();
    const texts = new Map(repeatable.map((file) => [file.object, file.text]));
    for (const { name, result } of database.project.domains.flatMap((domain) => domain.procedures ?? [])) {
      const fields = Object.entries(result).filter(([, field]) => field.kind !== "link");
      const returned = readReturns(texts.get(name) ?? "").flatMap((set) => set.split(", "));
      for (const [field] of fields)
        expect(returned, name).toContain(field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    }
    const parameters = await query(
      `select specific_name as name, parameter_name as parameter from information_schema.parameters
      where specific_schema = database() and parameter_name is not null`,
    );
    expect(parameters.length).toBeGreaterThan(20);
    for (const { name, parameter } of parameters)
      if (!(await isTool(name))) expect(rowsOf(name)[0], name).toContain(`${parameter} `);
  });

  test("has every signal of the project's rules with its code, its words and what raises it", () => {
    const rules = database.project.domains.flatMap((domain) => Object.entries(domain.rules ?? {}));
    expect(rules.length).toBeGreaterThan(5);
    for (const [number, { code, description }] of rules) {
      const [row, ...others] = rowsOf(number);
      // Domains that build on its own may raise it too.
      for (const other of others)
        expect(other.split(" | ").slice(1, 3)).toEqual([`\`${code}\``, description]);
      const cells = row?.split(" | ") ?? [];
      expect(cells.slice(1, 3), number).toEqual([`\`${code}\``, description]);
      expect(cells[3], `message of ${number}`).toMatch(/\.$/);
      expect(cells[4], `who signals ${number}`).toMatch(/^`\w+`/);
    }
  });
});
