import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareHarbour } from "../../support/compare-harbour.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { buildHarbour } from "../../support/harbour.ts";
import { readRecipes } from "../../support/how-to-recipes.ts";
import {
  installPackage,
  type OwnFolder,
  openOwnFolder,
  packPackage,
  type RunningUp,
  startUp,
} from "../../support/own-project.ts";
import { readDump } from "../../support/read-dump.ts";

const recipes = readRecipes("tutorials/your-own-database.md");
const blocks = (heading: string, language: string) =>
  recipes.filter((one) => one.heading === heading && one.language === language).map(({ code }) => code);

let db: TestDatabase;
/** The same database, whose owners do the same and where Vitrine never was. */
let twin: TestDatabase;
let own: OwnFolder;
let name: string;
let running: RunningUp | undefined;
/** The page says `harbour`, and who reads it another name. */
const fill = (text: string): string =>
  text.replaceAll(/mariadb:\/\/\S+/g, reader()).replaceAll(/(?<=[/ ])harbour\b/g, name);
const reader = (): string =>
  Object.assign(new URL(db.mariadbUrl), { username: `${name}_me`, password: "secret" }).href;
const withAccounts = "set -a; . ./vitrine.env; set +a\n";

beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  name = db.admin.database;
  twin = await openTestDatabase({ migrate: false });
  for (const { admin } of [db, twin]) await buildHarbour(admin);
  await db.admin.query(
    `create user '${name}_me'@'%' identified by 'secret'; grant select on \`${name}\`.* to '${name}_me'@'%'`,
  );
  own = openOwnFolder(db.mariadbUrl, { MONGODB_URL: db.mongodbUrl });
}, 60_000);
afterAll(async () => {
  await running?.stop();
  own?.remove();
  for (const account of ["me", "vitrine_admin", "vitrine_loader", "vitrine_reader", "vitrine_writer"])
    await db?.admin.query(`drop user if exists '${name}_${account}'@'%'`);
  for (const role of ["loader", "reader", "writer"])
    await db?.admin.query(`drop role if exists ${name}_${role}_role`);
  await db?.close();
  await twin?.close();
});

/** What owners do, by statements of theirs in the same second. */
async function asOwners(...statements: readonly string[]): Promise<void> {
  const second = Math.floor(Date.now() / 1000);
  for (const { admin } of [db, twin])
    await admin.withConnection(async (connection) => {
      await connection.run(`set timestamp = ${second}`);
      for (const statement of statements) await connection.query(statement);
      await connection.run("set timestamp = default");
    });
}

/** Each document beside its view, and beside what base tables say without any view. */
async function expectMirrored(models: number): Promise<void> {
  const verified = await own.run(`${withAccounts} ${blocks("Serve", "sh")[1]}`);
  expect(verified.match(/compared, 0 defects/g)).toHaveLength(models);
  const { compared, disagreements } = await compareHarbour(db.mariadbUrl, db.mongodbUrl);
  expect(disagreements.slice(0, 3)).toEqual([]);
  expect(compared).toBeGreaterThan(35_000);
}

/** `npx vitrine up`, until it serves and mirrors. */
async function start(): Promise<void> {
  await running?.stop();
  running = await startUp(own.dir, `${withAccounts} exec node_modules/.bin/vitrine up`, db.mongodbUrl);
}

async function ask(query: string): Promise<Record<string, unknown>> {
  const response = await fetch(running?.url ?? "", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const answer = (await response.json()) as { data?: Record<string, unknown>; errors?: unknown };
  expect(answer.errors).toBeUndefined();
  return answer.data ?? {};
}

/** What is there of somebody else's: rows of all its tables, views, routines, and triggers that are not generated. */
const describeOwners = () =>
  db.admin.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = database()
    union all select routine_name from information_schema.routines where routine_schema = database()
    union all select trigger_name from information_schema.triggers where trigger_schema = database() order by 1`,
  );

test("init writes a project with the right to read alone, and changes nothing in the database", async () => {
  const before = await describeOwners();
  const [first = ""] = blocks("A folder", "sh");
  const [make, install, init] = first.trim().split("\n");
  expect(install).toBe("npm install vitrine");
  await own.run(make ?? "");
  installPackage(packPackage(dirname(own.dir)), own.dir);
  const told = await own.run(fill(init ?? ""));
  expect(told).toContain("ship: the rows of ships");
  expect(told).toContain("audit_trail: it has no primary key");
  expect(await describeOwners()).toEqual(before);
  const models = readFileSync(join(own.dir, `src/domains/${name}/models/index.ts`), "utf8");
  expect(models.match(/^export/gm)).toHaveLength(14);
  for (const file of ["setup.sql", "vitrine.env"])
    expect(statSync(join(own.dir, file)).mode & 0o777).toBe(0o600);
  // Types are there for whoever imports the package, and nothing of the checkout.
  expect(existsSync(join(own.dir, "node_modules/vitrine/src"))).toBe(false);
  writeFileSync(
    join(own.dir, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        ...{ strict: true, noEmit: true, module: "NodeNext", target: "ES2023", types: [] },
        ...{ allowImportingTsExtensions: true, skipLibCheck: true },
      },
      include: ["vitrine.config.ts", "src"],
    }),
  );
  await own.run("node node_modules/typescript/bin/tsc -p .");
  await expect(own.run(fill(init ?? ""))).rejects.toThrow(
    /is not empty: it has .* Run it in an empty folder/,
  );
}, 300_000);

test("the accounts that the administrator makes are all that migrations need, and no table is defined twice", async () => {
  await own.run(fill(blocks("The administrator", "sh")[0] ?? ""));
  const told = await own.run(fill(blocks("Views and triggers", "sh")[0] ?? ""));
  expect(told).toContain(`apply views/${name}/ship.sql`);
  expect(existsSync(join(own.dir, "sql/migrations"))).toBe(false);
  expect(await own.run(`${withAccounts} npx vitrine doctor`)).not.toContain("PROBLEM");
}, 300_000);

test("its documents are served, and follow what foreign keys delete through three levels", async () => {
  expect(fill(blocks("Serve", "sh")[0] ?? "")).toBe("npx vitrine up\n");
  await start();
  const [voyage = "", customers = ""] = blocks("Serve", "graphql");
  const answer = await ask(voyage);
  expect(answer).toMatchObject({
    voyage: { departs: "2024-01-01T12:00:00.123Z", ship: { name: "MV 5" } },
  });
  expect((answer.voyage as { bookings: unknown[] }).bookings).toHaveLength(5);
  expect(await ask(customers)).toMatchObject({
    customerConnection: { totalCount: 50, nodes: [{ code: "C0001" }, { code: "C0011" }] },
  });
  await asOwners(...(blocks("Serve", "sql")[0] ?? "").trim().split("\n"));
  // Owners go on with what else they have: keys that change, trees, what a delete leaves behind.
  await asOwners(
    "update customers set code = 'X0010' where code = 'C0010'",
    "update containers set id = 'ZCSU0000001' where id = 'MSKU0000008'",
    "insert into container_events values (null, 'ZCSU0000001', '2024-05-05 05:05:05.5', 'lost')",
    "delete from berths where id = 7",
    "delete from voyages where ship_imo = 9000011",
    "delete from ships where imo = 9000011",
    "insert into customers values ('T1', 'Tree', null), ('T2', 'Branch', 'T1'), ('T3', 'Leaf', 'T2')",
  );
  const tree = `{ customer(id: "T3", source: MIRROR) { name } }`;
  await expect.poll(() => ask(tree), { timeout: 30_000 }).toEqual({ customer: { name: "Leaf" } });
  await asOwners("delete from customers where code = 'T1'");
  await expectMirrored(14);
  expect(await ask("{ voyage(id: 4, source: MIRROR) { departs } }")).toEqual({ voyage: null });
  expect(await ask(tree)).toEqual({ customer: null });
  await running?.stop();
}, 400_000);

test("a cube is a view and a definition of less than thirty lines", async () => {
  const [view = ""] = blocks("A cube", "sql");
  const [definition = ""] = blocks("A cube", "ts");
  expect(definition.trim().split("\n").length).toBeLessThan(30);
  writeFileSync(join(own.dir, `sql/views/${name}/freight.sql`), view);
  writeFileSync(join(own.dir, `src/domains/${name}/models/freight.ts`), definition);
  // What `model new` writes here imports the package too.
  await own.run(`${withAccounts} npx vitrine model new crew_list --table crew_members`);
  const made = readFileSync(join(own.dir, `src/domains/${name}/models/crew-list.ts`), "utf8");
  expect(made).toMatch(/^import \{ date, defineModel, int, string \} from "vitrine";$/m);
  await own.run(`${withAccounts} ${fill(blocks("A cube", "sh")[0] ?? "")}`);
  await start();
  const [row] = await db.admin.query<{ ship: string; weight: string; n: string }>(
    `select ship_imo as ship, cast(sum(weight_t) as char) as weight, count(*) as n from bookings
    join voyages on voyages.id = voyage_id group by ship_imo order by sum(weight_t) desc, ship_imo limit 1`,
  );
  const answer = await ask(blocks("A cube", "graphql")[0] ?? "");
  expect((answer.freight as unknown[])[0]).toEqual({
    ...{ shipImo: Number(row?.ship), weight: row?.weight },
    bookings: expect.anything(),
  });
  await expectMirrored(16);
}, 400_000);

test("its owners go on with their own migrations: the change is named, one command follows, and nothing is wrong", async () => {
  await asOwners(
    "alter table voyages add column captain varchar(40) null",
    "alter table customers rename column name to full_name",
    "alter table containers drop column tare_kg",
    "alter table bookings modify weight_t decimal(12,3) not null",
    "alter table crew_members convert to character set utf8mb4 collate utf8mb4_bin",
    "create table pilots (id int not null primary key, name varchar(60) not null)",
    // As their programs do it from now on, before anybody of ours has looked.
    "update voyages set captain = 'Ahab' where id = 5",
    "insert into customers values ('N1', 'New', 'C0001')",
    "insert into bookings values (null, 6, 'N1', 123456.125, '2024-06-01')",
    "insert into containers values ('NEWU0000001', 8, 1, 0)",
    "delete from voyages where id = 9",
    "update ports set name = 'Ünye' where id = 3",
  );
  await expect(own.run(`${withAccounts} npx vitrine doctor`)).rejects.toThrow(
    /Table customers has no column name any more/,
  );
  await running?.stop();
  const [mend = ""] = blocks("When a table changes", "sh");
  const told = await own.run(`${withAccounts} ${mend.trim()} --renamed customers.name=full_name`);
  expect(told).toContain("tare_kg");
  await start();
  await asOwners(
    "update customers set full_name = 'After' where code = 'C0002'",
    "delete from voyages where ship_imo = 9000012",
    "delete from ships where imo = 9000012",
  );
  await expectMirrored(16);
  expect(await ask('{ customer(id: "C0002", source: MIRROR) { name } }')).toEqual({
    customer: { name: "After" },
  });
  expect(await own.run(`${withAccounts} npx vitrine doctor`)).not.toContain("PROBLEM");
  await running?.stop();
}, 400_000);

test("uninstall leaves byte for byte what there would be without us", async () => {
  const told = await own.run(`${withAccounts} npx vitrine uninstall`);
  expect(told).toContain("freight");
  expect(readDump(db.mariadbUrl)).toContain("vitrine_");
  await own.run(`${withAccounts} npx vitrine uninstall --yes`);
  const without = readDump(twin.mariadbUrl).replaceAll(twin.admin.database, name);
  expect(readDump(db.mariadbUrl) === without).toBe(true);
  expect(without === "" || without.length > 1_000_000).toBe(true);
}, 400_000);
