import { type Queryable, quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { rolesOf } from "../stores/mariadb/roles.ts";

/** What a process of the stack signs in as, beside whoever migrates. */
export type AccountKind = "loader" | "reader" | "writer";

/** Which of the roles of these accounts the server lacks. None for an account that may not look at accounts. */
export async function readMissingRoles(
  db: Queryable,
  database: string,
  kinds: readonly AccountKind[],
): Promise<readonly string[]> {
  const names = kinds.map((kind) => rolesOf(database)[kind]);
  if (names.length === 0) return [];
  try {
    const there = await db.query<{ role: string }>(
      "select user as role from mysql.user where is_role = 'Y' and user in (?)",
      [names],
    );
    return names.filter((name) => !there.some(({ role }) => role === name));
  } catch (error) {
    if (sqlErrorOf(error)?.errno === 1142) return [];
    throw error;
  }
}

/** The statement that makes a role which `migrate up` then knows for its own. */
export const toCreateRole = (role: string): string =>
  `create role if not exists ${quoteName(role)} with admin current_user`;

/** What an administrator is to run so that an account exists and has its role; its password is theirs to write. */
export function toAccountStatements(database: string, kind: AccountKind, account: string): string {
  const role = quoteName(rolesOf(database)[kind]);
  const name = `${quoteName(account)}@'%'`;
  return `create user if not exists ${name} identified by '…'; grant ${role} to ${name}; set default role ${role} for ${name};`;
}
