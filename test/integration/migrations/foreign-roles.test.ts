import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { defineProject } from "../../../src/models/project.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { rolesOf } from "../../../src/stores/mariadb/roles.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const project = defineProject({ sql: "sql", domains: [] });
let db: TestDatabase;
let migrator: MariaDb;
let account: string;

/** The database has no roles yet; `migrator` may do with it, and with accounts, what it likes. */
beforeEach(async () => {
  db = await openTestDatabase({ project, migrate: false });
  const url = new URL(db.mariadbUrl);
  account = `${db.admin.database}_migrator`;
  url.username = account;
  url.password = randomBytes(12).toString("hex");
  await db.admin.query(
    `create user ${account}@'%' identified by '${url.password}';
    grant all on *.* to ${account}@'%' with grant option`,
  );
  migrator = openMariaDb(url.href, { size: 2, multipleStatements: true });
});
afterEach(async () => {
  await migrator.close();
  await db.admin.query(`drop user if exists ${account}@'%'`);
  await db.close();
});

const up = (admin: MariaDb) => migrateUp({ admin, sqlDir: db.sqlDir, domains: [] });
const grantsOf = (role: string) => db.admin.query(`show grants for ${role}`);

test("a role of the name of ours that somebody else made is granted nothing, and nothing is changed", async () => {
  const { reader, writer } = rolesOf(db.admin.database);
  await db.admin.query(`create role ${reader}; create role ${writer}`);
  const before = await grantsOf(reader);
  await expect(up(migrator)).rejects.toMatchObject({
    code: "MIGRATION_FAILED",
    message: expect.stringMatching(
      new RegExp(
        `^The server has ${reader}, ${writer}, which ${account}@% does not administer: .* \`grant ${reader} to ${account}@% with admin option\``,
      ),
    ),
    details: { roles: [reader, writer] },
  });
  expect(await grantsOf(reader)).toEqual(before);
  expect(await db.admin.query("show tables")).toEqual([]);
});

test("a role that was given to the account that migrates, or that a run granted before, gets its rights", async () => {
  const { reader, writer } = rolesOf(db.admin.database);
  await db.admin.query(
    `create role ${reader} with admin ${account}@'%'; create role ${writer};
    grant ${writer} to ${account}@'%' with admin option`,
  );
  await up(migrator);
  expect(JSON.stringify(await grantsOf(reader))).toContain("SELECT, SHOW VIEW ON");
  // As when the account that migrates is replaced by another.
  await migrator.query(`revoke admin option for ${reader} from ${account}@'%'`);
  await up(migrator);
});

test("two projects on one server share no role", async () => {
  const other = await openTestDatabase({ project });
  try {
    const mine = rolesOf(db.admin.database);
    await db.admin.query(
      Object.values(mine)
        .map((role) => `create role ${role}`)
        .join(";"),
    );
    await up(db.admin);
    expect(Object.values(mine)).not.toContain(rolesOf(other.admin.database).reader);
    await expect(other.reader.query(`select * from ${db.admin.database}.vitrine_migration`)).rejects.toThrow(
      /denied/,
    );
  } finally {
    await other.close();
  }
});
