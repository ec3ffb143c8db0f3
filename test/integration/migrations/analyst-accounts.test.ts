import { afterAll, beforeAll, expect, test } from "vitest";
import { addAnalyst, listAnalysts, removeAnalyst } from "../../../src/migrations/analyst-accounts.ts";
import { defineProject } from "../../../src/models/project.ts";
import { rolesOf } from "../../../src/stores/mariadb/roles.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

const project = defineProject({
  sql: "sql",
  domains: [{ name: "shop", description: "A shop.", models: [] }],
});
let folder: SqlFolder;
let db: TestDatabase;
let role: string;
/** Accounts are the server's, which tests share. */
const nameOf = (kind: string) => `${db.admin.database}_${kind}`;

beforeAll(async () => {
  folder = await createSqlFolder({
    "migrations/shop/0001-buyer.sql": "create table if not exists buyer (id int primary key);\n",
  });
  db = await openTestDatabase({ project, sqlDir: folder.dir });
  role = rolesOf(db.admin.database).analyst;
});
afterAll(async () => {
  if (db)
    for (const account of [`${nameOf("report")}@'%'`, `${nameOf("report")}@'10.0.0.5'`, nameOf("ann")])
      await db.admin.query(`drop user if exists ${account}`);
  await db?.close();
  await folder?.close();
});

const accountsOf = async (name: string) =>
  (await db.admin.query<{ host: string }>("select host as host from mysql.user where user = ?", [name])).map(
    ({ host }) => host,
  );
/** As a table row: `grant role` is for those who were given the role to hand on. */
const giveRole = (name: string, host: string) =>
  db.admin.query(
    `insert into mysql.roles_mapping (Host, User, Role, Admin_option) values ('${host}', '${name}', '${role}', 'N');
    flush privileges`,
  );

test("an analyst of one machine is told as such, and the account of the same name of any machine stays", async () => {
  const name = nameOf("report");
  await db.admin.query(`create user ${name}@'%'; create user ${name}@'10.0.0.5'`);
  await giveRole(name, "10.0.0.5");
  expect(await listAnalysts(db.admin)).toContain(`${name}@10.0.0.5`);
  await expect(removeAnalyst(db.admin, name)).rejects.toThrow(`No analyst is called ${name}.`);
  await expect(removeAnalyst(db.admin, `${name}@10.0.0.5`)).rejects.toMatchObject({ code: "USAGE" });
  expect((await accountsOf(name)).sort()).toEqual(["%", "10.0.0.5"]);
});

test.each([
  ["rights to tables", () => `grant select on buyer to ${nameOf("ann")}`, "GRANT SELECT ON"],
  ["rights to the server", () => `grant process on *.* to ${nameOf("ann")}`, "GRANT PROCESS ON *.*"],
  [
    "a role",
    () =>
      `insert into mysql.roles_mapping (Host, User, Role, Admin_option) values ('%', '${nameOf("ann")}', '${rolesOf(db.admin.database).reader}', 'N');
      flush privileges`,
    "reader_role`",
  ],
])("an account that has %s beside an analyst's stays, and what it has is told", async (_, give, told) => {
  const name = nameOf("ann");
  await addAnalyst(db.admin, name, project.domains);
  try {
    await db.admin.query(give());
    const removed = removeAnalyst(db.admin, name);
    await expect(removed).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining(told) });
    await expect(removed).rejects.toThrow(`revoke ${role} from ${name}`);
    await expect(removed).rejects.not.toThrow(/IDENTIFIED/);
    expect(await accountsOf(name)).toEqual(["%"]);
  } finally {
    await db.admin.query(`drop user if exists ${name}`);
  }
});

test("the account of an analyst alone is dropped", async () => {
  const name = nameOf("ann");
  await addAnalyst(db.admin, name, project.domains);
  await removeAnalyst(db.admin, name);
  expect(await accountsOf(name)).toEqual([]);
});
