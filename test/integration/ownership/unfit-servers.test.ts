import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { rolesOf } from "../../../src/stores/mariadb/roles.ts";
import { openOwnMariaDb } from "../../support/replicated-mariadb.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

/** What a server or an account does not allow is told before anything is changed, with the statement that allows it. */
let own: Awaited<ReturnType<typeof openOwnMariaDb>>;
let root: MariaDb;
let folder: SqlFolder;
let account: MariaDb | undefined;
beforeAll(async () => {
  folder = await createSqlFolder();
  own = await openOwnMariaDb([...["--server-id=1", "--log-bin=bin", "--log-bin-trust-function-creators=0"]]);
  root = own.servers[0]?.db as MariaDb; // one for each list of options
  await root.query("create user admin@'%' identified by 'a'");
}, 60_000);
afterAll(async () => {
  await account?.close();
  await own?.close();
  await folder?.close();
});
beforeEach(() => connect());

/** As a new process does: rights to a database are those of when a connection began to use it. */
async function connect(): Promise<void> {
  await account?.close();
  account = openMariaDb(adminUrl(), { size: 2, multipleStatements: true });
}

async function runAll(statements: readonly string[]): Promise<void> {
  for (const statement of statements) await root.query(statement);
  await connect();
}

const adminUrl = () =>
  Object.assign(new URL(own.servers[0]?.url ?? ""), { username: "admin", password: "a" }).href;
const up = (told: string[] = []) =>
  migrateUp({
    admin: account as MariaDb, // of beforeEach
    ...{ sqlDir: folder.dir, domains: [] },
    onRemark: (sentence) => told.push(sentence),
  });
const nothingIsThere = async () =>
  expect(
    await root.query("select table_name from information_schema.tables where table_schema = 'vitrine'"),
  ).toEqual([]);

/** The statements that a message tells the administrator to run. */
const statementsOf = (message: string) => [...message.matchAll(/^ {4}(.*;)$/gm)].map(([, one = ""]) => one);

const refusal = (): Promise<string> =>
  up().then(
    () => "",
    (error: Error) => error.message,
  );

test("what an account and a server do not allow is told at once, before anything is changed, with what allows it", async () => {
  await root.query("grant select on vitrine.* to admin@'%'; set global read_only = 1");
  const message = await refusal();
  expect(message).toContain("The server is read only");
  expect(message).toContain("lets admin@% make no trigger and no function");
  expect(message).toMatch(/may not do all that migrations do in vitrine\..*\n {4}grant insert, .*trigger on/);
  expect(message).toMatch(/\nNothing was changed\.$/);
  await nothingIsThere();
  expect(statementsOf(message)).toHaveLength(3);
  await runAll(statementsOf(message));
  const told: string[] = [];
  expect((await up(told)).length).toBeGreaterThan(10);
  expect(told).toEqual([
    expect.stringContaining("Nothing was granted: admin@% may not see whether there are roles"),
  ]);
});

test("a grant that could not be made is told with the statements by which it is", async () => {
  // A private server has them from the beginning.
  const roles = Object.values(rolesOf("vitrine")).sort();
  const [, loader] = roles;
  for (const role of roles) await root.query(`grant ${role} to admin@'%' with admin option`);
  const told: string[] = [];
  expect(await up(told)).toEqual([]);
  await runAll(statementsOf(told.join("\n")));
  const message = await refusal();
  expect(message).toContain(`admin@% may not give rights in vitrine to ${roles.join(", ")}`);
  const sees = async () => JSON.stringify(await root.query(`show grants for ${loader}`));
  expect(await sees()).not.toContain("vitrine_pending");
  await runAll(statementsOf(message));
  const again: string[] = [];
  await up(again);
  expect(again).toEqual([]);
  expect(await sees()).toContain("vitrine_pending");
});

test("a server that takes no statement of the length of a file is told how long one is", async () => {
  await root.query("set global max_allowed_packet = 2048");
  await connect();
  expect(await refusal()).toMatch(/takes statements of 2048 bytes, and the longest file has \d{4,}\./);
  await root.query("set global max_allowed_packet = default");
});

test("an account that may make triggers on some tables only is told which it lacks, and may once it has these", async () => {
  const triggers = ["crew", "ships"].map((table) => [
    `triggers/port/${table}_after_insert.sql`,
    `create or replace trigger ${table}_after_insert after insert on ${table} for each row do 0;\n`,
  ]);
  const port = await createSqlFolder(Object.fromEntries(triggers));
  const rights = "select, insert, update, delete, create, drop, alter, index, create view, show view";
  for (const statement of [
    "create table vitrine.crew (id int primary key)",
    "create table vitrine.ships (id int primary key)",
    "create user some@'%' identified by 'a'",
    `grant ${rights}, create routine, alter routine, execute on vitrine.* to some@'%'`,
    "grant trigger on vitrine.ships to some@'%'",
  ])
    await root.query(statement);
  const url = Object.assign(new URL(adminUrl()), { username: "some" }).href;
  const some = openMariaDb(url, { size: 2, multipleStatements: true });
  try {
    const run = () => migrateUp({ admin: some, sqlDir: port.dir, domains: [{ name: "port" }] });
    const made = () =>
      root.query(
        "select trigger_name as name from information_schema.triggers where event_object_table in ('crew', 'ships') order by 1",
      );
    const { message } = await run().then(
      () => new Error(""),
      (error: Error) => error,
    );
    expect(statementsOf(message)).toEqual(["grant trigger on `vitrine`.`crew` to `some`@`%`;"]);
    expect(message).toContain("some@% may make no trigger on crew.");
    expect(await made()).toEqual([]);
    for (const statement of statementsOf(message)) await root.query(statement);
    await run();
    expect(await made()).toEqual([{ name: "crew_after_insert" }, { name: "ships_after_insert" }]);
  } finally {
    await some.close();
    await port.close();
  }
});
