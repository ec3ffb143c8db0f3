import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defineProject } from "../../../src/models/project.ts";
import { type MariaDb, type MariaDbConnection, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let db: TestDatabase;
/** May do what it likes with this database, and nothing else: not see or end threads of others. */
let owner: MariaDb;
let writer: MariaDb;
const accounts = (name: string) => `${db.admin.database}_${name}`;

beforeAll(async () => {
  db = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }), migrate: false });
  const open = async (name: string, right: string) => {
    const url = new URL(db.mariadbUrl);
    url.username = accounts(name);
    url.password = randomBytes(12).toString("hex");
    await db.admin.query(
      `create user ${url.username}@'%' identified by '${url.password}';
      grant ${right} on ${db.admin.database}.* to ${url.username}@'%'`,
    );
    return url.href;
  };
  owner = openMariaDb(await open("owner", "all"), { multipleStatements: true });
  writer = openMariaDb(await open("caller", "execute"), { callsProcedures: true });
  await owner.query(await readFile("sql/procedures/core/vitrine_end_statement.sql", "utf8"));
  await owner.query("create procedure wait() modifies sql data select sleep(20) as slept");
});
afterAll(async () => {
  await writer?.close();
  await owner?.close();
  for (const name of ["owner", "caller"]) await db?.admin.query(`drop user if exists ${accounts(name)}@'%'`);
  await db?.close();
});

const threadOf = (connection: MariaDbConnection) => connection.raw.threadId;
const isRunning = async (thread: number | null) =>
  (
    await db.admin.query(
      "select 1 from information_schema.processlist where id = ? and info like '%sleep%'",
      [thread],
    )
  ).length > 0;

/** What became of a statement that is ended as soon as it runs, and after how long. */
async function endOnceItRuns(
  pool: MariaDb,
  sql: string,
  end: (connection: MariaDbConnection) => Promise<unknown>,
): Promise<{ readonly failed: boolean; readonly ms: number }> {
  const started = performance.now();
  const failed = await pool
    .withConnection(async (connection) => {
      const asked = connection.query<{ slept: number | string }>(sql).then(
        // A killed sleep returns 1.
        (rows) => JSON.stringify(rows).includes('"slept":1'),
        () => true,
      );
      await expect.poll(() => isRunning(threadOf(connection))).toBe(true);
      await end(connection);
      return asked;
    })
    .catch(() => true);
  return { failed, ms: performance.now() - started };
}

test("a call ends when nobody waits for it, though neither caller nor owner may end others' threads", async () => {
  const { failed, ms } = await endOnceItRuns(writer, "call wait()", (connection) =>
    writer.killQuery(connection),
  );
  expect(failed).toBe(true);
  expect(ms).toBeLessThan(5000);
});

test("nothing ends the statements of a thread that does not offer them, of the same owner or another", async () => {
  for (const pool of [owner, db.admin]) {
    const { failed } = await endOnceItRuns(pool, "select sleep(1) as slept, 1 as n", (connection) =>
      writer.query("call vitrine_end_statement(?)", [threadOf(connection)]),
    );
    expect(failed).toBe(false);
  }
});
