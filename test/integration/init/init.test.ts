import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { countChildren } from "../../../src/migrations/init-lists.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { type CommandResult, runVitrine } from "../../support/run-vitrine.ts";

/** What real schemas have that no shop has. */
const tables = `
create table \`Order Details\` (\`Detail ID\` bigint unsigned not null primary key, \`größe\` int, qty smallint unsigned)
  comment 'Lines of orders';
create table 地图 (id int not null primary key, 名 varchar(20));
create table node (id int not null primary key);
create table twins (note_1 varchar(9), note1 varchar(9), id int not null primary key);
create table only_blob (id binary(16) not null primary key, b blob);
create table big_parent (id int not null primary key, name varchar(9));
create table many_rows (id int not null primary key, big_parent_id int, other int,
  foreign key (big_parent_id) references big_parent (id));
insert into big_parent values (1, 'x');
insert into many_rows select seq, 1, null from seq_1_to_501;
create table halls (hall varchar(9) not null, slot int not null, primary key (hall, slot));
create table shows (id int not null primary key, slot int, at_hall varchar(9),
  foreign key (at_hall, slot) references halls (hall, slot));
create table vitrine_lease (id int not null primary key);
create table settings (id int not null primary key, value json, flags set('a', 'b'), at time, y year, b bit(3), f double);
create view reports as select id from node;
`;

let db: TestDatabase;
let account: string;
let folder: string;
beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  account = `${db.admin.database}_r`;
  await db.admin.query(tables);
  await db.admin.query(
    `create user '${account}'@'%' identified by 'r'; grant select on \`${db.admin.database}\`.* to '${account}'@'%';
    create user '${account}_none'@'%' identified by 'r'`,
  );
});
afterAll(async () => {
  for (const name of [account, `${account}_none`, `${account}_some`])
    await db?.admin.query(`drop user if exists '${name}'@'%'`);
  await db?.close();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-init-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const init = (username: string, ...more: readonly string[]): Promise<CommandResult> => {
  const url = Object.assign(new URL(db.mariadbUrl), { username, password: "r" }).href;
  return runVitrine(db, folder, ["init", "--from", url, "--folder", folder, ...more]);
};
const read = (file: string) => readFileSync(join(folder, file), "utf8");

test("every odd table is a model, or a decision that says what to do", async () => {
  const { code, stdout, stderr } = await init(account);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const domain = readdirSync(join(folder, "src/domains"))[0];
  expect(readdirSync(join(folder, `src/domains/${domain}/models`)).sort()).toEqual([
    "big-parents.ts",
    "hall.ts",
    "index.ts",
    "many-row.ts",
    "node-document.ts",
    "order-detail.ts",
    "setting.ts",
    "show.ts",
    "twin.ts",
  ]);
  for (const line of [
    /地图: no name can be made of it\. Choose one: vitrine model new NAME --table '地图'/,
    /only_blob: The key of only_blob cannot be a document's id: id is binary: hex/,
    /big_parent: the rows of many_rows \(big_parent_id\) are no list of it: up to 501 rows/,
    /vitrine_lease: names that begin with vitrine_ are Vitrine's: it is left out/,
  ])
    expect(stdout).toMatch(line);
  expect(read(`src/domains/${domain}/models/order-detail.ts`)).toContain("Lines of orders.");
  expect(read(`sql/views/${domain}/order_detail.sql`)).toContain("`Order Details`.`größe` as grosse");
  expect(read(`src/domains/${domain}/models/twin.ts`)).toContain(
    "// decide: note1 is left out: its field would be note1, as that of note_1",
  );
  expect(read("DECISIONS.md")).toContain("地图");
});

test("a foreign key of several columns is a link to the document that they make the id of", async () => {
  expect(await init(account, "--tables", "halls,shows")).toMatchObject({ code: 0, stderr: "" });
  const domain = readdirSync(join(folder, "src/domains"))[0];
  expect(read(`sql/views/${domain}/show.sql`).replaceAll(/\s+/g, " ")).toContain(
    "concat( replace(replace(shows.at_hall, '%', '%25'), '~', '%7E'), '~', shows.slot ) as hall_key",
  );
  const definition = read(`src/domains/${domain}/models/show.ts`);
  expect(definition).toMatch(/hallKey: string\(.*nullable: true/);
  expect(definition).toContain('hall: link("hall", { key: "hallKey" })');
  expect(read(`examples/${domain}/show.graphql`)).toContain("hall { id hall }");
  expect(JSON.parse(read(`examples/${domain}/groups.json`))).toEqual({ Documents: ["hall", "show"] });
});

test("only the tables that are named are taken, and a name that is none is refused", async () => {
  expect((await init(account, "--tables", "node,twins")).stdout).toMatch(
    /^node_document: .*\ntwin: the rows of twins\nWrote/,
  );
  rmSync(folder, { recursive: true });
  expect(await init(account, "--tables", "node,nodes")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/sees no table nodes in .* It sees: .*node/),
  });
  expect(existsSync(folder)).toBe(false);
});

test("an account without rights is told the grant, and one of some sees these", async () => {
  const none = await init(`${account}_none`);
  expect(none.code).not.toBe(0);
  expect(none.stderr).toMatch(/Access denied|sees no table/);
  await db.admin.query(
    `create user '${account}_some'@'%' identified by 'r'; grant select on \`${db.admin.database}\`.twins to '${account}_some'@'%'`,
  );
  expect((await init(`${account}_some`)).stdout).toMatch(/^twin: the rows of twins\nWrote/);
});

test("what npm put into the folder stays, but that it is a package of ES modules now", async () => {
  writeFileSync(
    join(folder, "package.json"),
    '{ "name": "mine", "type": "commonjs", "dependencies": { "x": "1" } }',
  );
  await init(account, "--tables", "twins");
  expect(JSON.parse(read("package.json"))).toEqual({
    name: "mine",
    type: "module",
    dependencies: { x: "1", vitrine: expect.stringMatching(/^\^\d/) },
  });
});

test("the database of the settings is taken, and an address that is none is told, not taken for a fault", async () => {
  const url = Object.assign(new URL(db.mariadbUrl), { username: account, password: "r" }).href;
  const file = join(tmpdir(), `${account}.url`);
  writeFileSync(file, `${url}\n`, { mode: 0o600 });
  const args = ["init", "--folder", folder, "--tables", "twins"];
  const env = { MARIADB_URL: "", MARIADB_READER_URL_FILE: file };
  expect(await runVitrine(db, folder, args, env)).toMatchObject({ code: 0, stderr: "" });
  rmSync(file);
  rmSync(folder, { recursive: true });
  for (const bad of ["harbour", "me:r@127.0.0.1/harbour"]) {
    const told = await runVitrine(db, folder, [...args, "--from", bad]);
    expect(told).toMatchObject({ code: 2, stderr: expect.stringContaining("starts with mariadb://") });
    expect(told.stderr).not.toContain("me:r");
  }
});

test("rows that take too long to be counted are not, and any other error is told", async () => {
  const key = (name: string) => ({
    child: { name },
    reference: { columns: ["seq"], table: "node", targets: ["id"] },
  });
  expect(await countChildren(db.admin, key("seq_1_to_5"))).toEqual({ average: 1, most: 1 });
  expect(await countChildren(db.admin, key("seq_1_to_100000000"), 0.05)).toBeNull();
  await expect(countChildren(db.admin, key("nowhere"))).rejects.toThrow("nowhere");
});

test("a folder of somebody is refused, and nothing is written into it", async () => {
  writeFileSync(join(folder, "letter.txt"), "Dear");
  expect(await init(account)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is not empty: it has letter.txt. Run it in an empty folder."),
  });
  expect(readdirSync(folder)).toEqual(["letter.txt"]);
});
