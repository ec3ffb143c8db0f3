import { randomBytes } from "node:crypto";
import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { rolesOf } from "../../src/stores/mariadb/roles.ts";

type Kind = keyof ReturnType<typeof rolesOf>;

/** URLs of the accounts that have the roles of a database. */
export type AccountUrls = Readonly<Record<Kind, string>>;

/** Makes the accounts of a database, each with its role, and passwords that nobody else knows. */
export async function createAccounts(server: MariaDb, mariadbUrl: string): Promise<AccountUrls> {
  return {
    loader: await createAccount(server, mariadbUrl, "loader"),
    reader: await createAccount(server, mariadbUrl, "reader"),
    writer: await createAccount(server, mariadbUrl, "writer"),
    analyst: await createAccount(server, mariadbUrl, "analyst"),
  };
}

/** Makes an account that has nothing but the role; returns its URL. */
async function createAccount(server: MariaDb, mariadbUrl: string, kind: Kind): Promise<string> {
  const url = new URL(mariadbUrl);
  const database = url.pathname.slice(1);
  const role = rolesOf(database)[kind];
  url.username = `${database}_${kind}`;
  url.password = randomBytes(12).toString("hex");
  // Table rows, since `grant role` is for those who were given the role to hand on.
  await server.query(
    `create role ${role};
    create user ${url.username}@'%' identified by '${url.password}';
    insert into mysql.roles_mapping (Host, User, Role, Admin_option)
      values ('%', '${url.username}', '${role}', 'N');
    update mysql.global_priv set Priv = json_set(Priv, '$.default_role', '${role}')
      where User = '${url.username}';
    flush privileges`,
  );
  return url.href;
}

/** Drops the accounts and roles of a database, whichever there are. */
export async function dropAccounts(server: MariaDb, database: string): Promise<void> {
  for (const [kind, role] of Object.entries(rolesOf(database)))
    await server.query(`drop user if exists ${database}_${kind}@'%'; drop role if exists ${role}`);
}
