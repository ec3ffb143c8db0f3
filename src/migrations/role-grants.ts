import { type Queryable, quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";

/** The account that answers queries: reads, and takes positions. */
export const readerRole = "vitrine_reader_role";
/** The account of the loader: reads, and works off what was captured. */
export const loaderRole = "vitrine_loader_role";
/** The account of the gateway's mutations: reads, and calls procedures. */
export const writerRole = "vitrine_writer_role";

/**
 * The grants that the roles of this server need on the current database, one step per role that exists.
 * A server without the roles (one account for everything) needs none.
 */
export async function readRoleGrants(
  db: Queryable,
): Promise<readonly { readonly name: string; readonly sql: string }[]> {
  const roles = await readRoles(db);
  if (roles.length === 0) return [];
  const [current] = await db.query<{ name: string }>("select database() as name");
  const database = quoteName(current?.name ?? "");
  // In `grant … on a_b.*` the name is a pattern, where _ stands for any character.
  const pattern = database.replaceAll("_", "\\_").replaceAll("%", "\\%");
  const tables = await db.query<{ name: string }>(
    `select table_name as name from information_schema.tables
    where table_schema = database() and table_type <> 'VIEW'
      and (table_name in ('change_log', 'lease') or table_name like 'mirror\\_%')
    order by table_name`,
  );
  const routines = await db.query<{ name: string; kind: string; access: string }>(
    `select routine_name as name, lower(routine_type) as kind, sql_data_access as access
    from information_schema.routines
    where routine_schema = database() and routine_type in ('PROCEDURE', 'FUNCTION')
    order by routine_name`,
  );
  const rights: Readonly<Record<string, readonly string[]>> = {
    [readerRole]: [
      // What a view says must be known to ask the same of earlier rows (asOf).
      `select, show view on ${pattern}.*`,
      `update (n, wanted) on ${database}.mirror_position`,
      "select on mysql.transaction_registry",
    ],
    [loaderRole]: [
      `select on ${pattern}.*`,
      ...tables.map(({ name }) => `insert, update, delete on ${database}.${quoteName(name)}`),
    ],
    [writerRole]: [`select on ${pattern}.*`, `update (n, wanted) on ${database}.mirror_position`],
  };
  // Views run with the rights of who asks, so whoever may read must be able to call what views call.
  const calls = (role: string) =>
    routines
      .filter(({ kind, access }) => role === writerRole || kind === "function" || access === "READS SQL DATA")
      .filter(({ kind }) => role !== loaderRole || kind === "function")
      .map(({ name, kind }) => `execute on ${kind} ${database}.${quoteName(name)}`);
  return roles.map((role) => ({
    name: role,
    sql: [...(rights[role] ?? []), ...calls(role)]
      .map((right) => `${asRole} grant ${right} to ${role};`)
      .join("\n"),
  }));
}

/** Without it, granting to a role that has just been dropped would create an account of that name. */
const asRole = "set statement sql_mode = 'NO_AUTO_CREATE_USER' for";

async function readRoles(db: Queryable): Promise<readonly string[]> {
  try {
    const rows = await db.query<{ role: string }>(
      "select user as role from mysql.user where is_role = 'Y' and user in (?) order by user",
      [[readerRole, loaderRole, writerRole]],
    );
    return rows.map((row) => row.role);
  } catch (error) {
    // 1142: an account that may not look at accounts may not grant either.
    if (sqlErrorOf(error)?.errno === 1142) return [];
    throw error;
  }
}
