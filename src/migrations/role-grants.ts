import { type Queryable, quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";

/** The account that answers queries: reads, and nothing else. */
export const readerRole = "vitrine_reader_role";
/** The account of the loader: reads, and works off what was captured. */
export const loaderRole = "vitrine_loader_role";
/** The account of the gateway's mutations: reads, and calls the procedures that are offered. */
export const writerRole = "vitrine_writer_role";

/** A mutation's token is a position: the writer may take the next one, and not choose it. */
const takePosition = "take_position";

/**
 * The grants that the roles of this server need on the current database, one step per role that exists, and the taking
 * back of what an earlier run allowed them to call. A server without the roles (one account for everything) needs none.
 * @param offered the procedures that the project's domains declare. Only these may write: what they are made of checks
 *   no rule, and runs with the rights of whoever made it.
 */
export async function readRoleGrants(
  db: Queryable,
  offered: readonly string[],
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
    ],
    [loaderRole]: [
      // What views say tells which tables a snapshot must hold.
      `select, show view on ${pattern}.*`,
      ...tables.map(({ name }) => `insert, update, delete on ${database}.${quoteName(name)}`),
    ],
    [writerRole]: [`select on ${pattern}.*`],
  };
  // Views run with the rights of who asks, so whoever may read must be able to call what views call.
  const calls = (role: string) =>
    routines
      .filter(
        ({ name, kind, access }) =>
          kind === "function" ||
          (role !== loaderRole && access === "READS SQL DATA") ||
          (role === writerRole && offered.includes(name)) ||
          (role !== readerRole && name === takePosition),
      )
      .map(({ name, kind }) => toExecute(database, kind, name));
  const allowed = [...(await readAllowedCalls(db, database)), ...(await readFormerRights(db, database))];
  return roles.map((role) => {
    const wanted = calls(role);
    const excess = allowed.filter((one) => one.role === role && !wanted.includes(one.right));
    return {
      name: role,
      sql: [
        ...excess.map(({ right }) => `revoke ${right} from ${role};`),
        ...[...(rights[role] ?? []), ...wanted].map((right) => `${asRole} grant ${right} to ${role};`),
      ].join("\n"),
    };
  });
}

const toExecute = (database: string, kind: string, name: string): string =>
  `execute on ${kind} ${database}.${quoteName(name)}`;

/** What the roles may call today, of routines that are there. */
async function readAllowedCalls(
  db: Queryable,
  database: string,
): Promise<readonly { readonly role: string; readonly right: string }[]> {
  const rows = await db.query<{ role: string; name: string; kind: string }>(
    // The names of rights are kept in lower case.
    `select p.user as role, r.routine_name as name, lower(r.routine_type) as kind
    from mysql.procs_priv p
    join information_schema.routines r
      on r.routine_schema = database() and lower(r.routine_name) = lower(p.routine_name)
      and r.routine_type = p.routine_type
    where p.db = database() and p.user in (?) and find_in_set('Execute', p.proc_priv)
    order by r.routine_name`,
    [[readerRole, loaderRole, writerRole]],
  );
  return rows.map(({ role, name, kind }) => ({ role, right: toExecute(database, kind, name) }));
}

/** Rights that earlier releases granted, and nothing needs any more. */
async function readFormerRights(
  db: Queryable,
  database: string,
): Promise<readonly { readonly role: string; readonly right: string }[]> {
  const rows = await db.query<{ role: string; granted: string }>(
    `select user as role, table_name as granted from mysql.tables_priv
    where db = 'mysql' and table_name = 'transaction_registry' and user in (?)
      or db = database() and table_name = 'mirror_position' and find_in_set('Update', column_priv) and user in (?)`,
    [
      [readerRole, loaderRole, writerRole],
      [readerRole, writerRole],
    ],
  );
  return rows.map(({ role, granted }) => ({
    role,
    right:
      granted === "mirror_position"
        ? `update (n, wanted) on ${database}.mirror_position`
        : "select on mysql.transaction_registry",
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
