import { formerNames } from "../core/former-names.ts";
import { VitrineError } from "../errors.ts";
import { type Queryable, quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { rolesOf } from "../stores/mariadb/roles.ts";
import { grantsOfLooking, toPattern } from "./admin-rights.ts";

/** A mutation's token is a position: the writer may take the next one, and not choose it. */
const takePosition = "vitrine_take_position";
/** What the writer calls to end its own statements inside procedures. */
const endStatement = "vitrine_end_statement";
/** A gateway notes which questions no roll-up covered. */
const ofGateways = "vitrine_cube_question";
/** Who writes to it takes nothing back: loaders drop what is too old, and gateways only add. */
const audit = "vitrine_audit";
/** Tables of the engine that no loader adds to. */
const notOfLoaders = [
  audit,
  "vitrine_captured_table",
  "vitrine_commit_time",
  "vitrine_cube_question",
  "vitrine_import_reject",
  "vitrine_import_run",
  "vitrine_known_table",
  "vitrine_migration",
  "vitrine_touched_view",
];

export interface GrantOptions {
  /** The procedures that the project's domains declare. */
  readonly offered: readonly string[];
  /** The views that analysts may read. */
  readonly analystViews: readonly string[];
}

/**
 * The grants that the roles of this server need on the current database, one step per role that exists, and the taking
 * back of what an earlier run allowed them to call. A server without the roles (one account for everything) needs none.
 * @param options.offered the procedures that the project's domains declare. Only these may write: what they are made of checks
 *   no rule, and runs with the rights of whoever made it.
 */
export async function readRoleGrants(
  db: Queryable,
  { offered, analystViews }: GrantOptions,
): Promise<readonly { readonly name: string; readonly sql: string }[]> {
  const names = await readRoleNames(db);
  const roles = await readRoles(db, names);
  if (roles.length === 0) return [];
  const own = await readDatabase(db);
  const [database, pattern] = [quoteName(own), toPattern(own)];
  const tables = await db.query<{ name: string }>(
    `select table_name as name from information_schema.tables
    where table_schema = database() and table_type <> 'VIEW'
      and table_name like 'vitrine\\_%' and table_name not in (?)
    order by table_name`,
    [notOfLoaders],
  );
  const routines = await db.query<{ name: string; kind: string; access: string }>(
    `select routine_name as name, lower(routine_type) as kind, sql_data_access as access
    from information_schema.routines
    where routine_schema = database() and routine_type in ('PROCEDURE', 'FUNCTION')
    order by routine_name`,
  );
  const rights: Readonly<Record<string, readonly string[]>> = {
    [names.reader]: [
      // What a view says must be known to ask the same of earlier rows (asOf).
      `select, show view on ${pattern}.*`,
    ],
    [names.loader]: [
      // What views say tells which tables a snapshot must hold.
      `select, show view on ${pattern}.*`,
      ...tables.map(({ name }) => `insert, update, delete on ${database}.${quoteName(name)}`),
      `delete on ${database}.${quoteName(audit)}`,
    ],
    [names.writer]: [
      `select on ${pattern}.*`,
      `insert, update, delete on ${database}.${quoteName(ofGateways)}`,
      `insert on ${database}.${quoteName(audit)}`,
    ],
    // Nothing but these, which run with the rights of who made them.
    [names.analyst]: analystViews.map((view) => `select on ${database}.${quoteName(view)}`),
  };
  // Views run with the rights of who asks, so whoever may read must be able to call what views call.
  const calls = (role: string) =>
    routines
      .filter(
        ({ name, kind, access }) =>
          role !== names.analyst &&
          (kind === "function" ||
            (role !== names.loader && access === "READS SQL DATA") ||
            (role === names.writer && [endStatement, ...offered].includes(name)) ||
            (role !== names.reader && name === takePosition)),
      )
      .map(({ name, kind }) => toExecute(database, kind, name));
  const allowed = [
    ...(await readAllowedCalls(db, database, roles)),
    ...(await readFormerRights(db, database, roles)),
    ...(await readViewRights(db, database, names.analyst)),
  ];
  return roles.flatMap((role) => {
    const wanted = [...(rights[role] ?? []), ...calls(role)];
    const excess = allowed.filter((one) => one.role === role && !wanted.includes(one.right));
    const statements = [
      ...excess.map(({ right }) => `revoke ${right} from ${quoteName(role)};`),
      ...wanted.map((right) => `${asRole} grant ${right} to ${quoteName(role)};`),
    ];
    return statements.length === 0 ? [] : [{ name: role, sql: statements.join("\n") }];
  });
}

const toExecute = (database: string, kind: string, name: string): string =>
  `execute on ${kind} ${database}.${quoteName(name)}`;

/** What the roles may call today, of routines that are there. */
async function readAllowedCalls(
  db: Queryable,
  database: string,
  roles: readonly string[],
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
    [roles],
  );
  return rows.map(({ role, name, kind }) => ({ role, right: toExecute(database, kind, name) }));
}

/** What analysts may read today: a view may be gone since, or show what it must not. */
async function readViewRights(
  db: Queryable,
  database: string,
  role: string,
): Promise<readonly { readonly role: string; readonly right: string }[]> {
  const rows = await db.query<{ name: string }>(
    `select table_name as name from mysql.tables_priv where db = database() and user = ? order by table_name`,
    [role],
  );
  return rows.map(({ name }) => ({ role, right: `select on ${database}.${quoteName(name)}` }));
}

/** Rights that earlier releases granted, and nothing needs any more. */
async function readFormerRights(
  db: Queryable,
  database: string,
  roles: readonly string[],
): Promise<readonly { readonly role: string; readonly right: string }[]> {
  const rows = await db.query<{ role: string; granted: string }>(
    `select user as role, table_name as granted from mysql.tables_priv
    where db = 'mysql' and table_name = 'transaction_registry' and user in (?)
      or db = database() and table_name in (?) and user in (?)`,
    [roles, Object.values(formerNames), roles],
  );
  return rows.map(({ role, granted }) => ({
    role,
    right:
      granted === "transaction_registry"
        ? "select on mysql.transaction_registry"
        : `all privileges on ${database}.${quoteName(granted)}`,
  }));
}

/** Without it, granting to a role that has just been dropped would create an account of that name. */
const asRole = "set statement sql_mode = 'NO_AUTO_CREATE_USER' for";

async function readDatabase(db: Queryable): Promise<string> {
  const [current] = await db.query<{ name: string }>("select database() as name");
  return current?.name ?? "";
}

const readRoleNames = async (db: Queryable) => rolesOf(await readDatabase(db));

/** The roles of the current database; none for an account that may not look. */
export const readOwnRoles = async (db: Queryable): Promise<readonly string[]> =>
  readRoles(db, await readRoleNames(db));

/** A sentence that names the statements to run when nothing can be granted because nobody may look; else null. */
export async function describeUngranted(db: Queryable): Promise<string | null> {
  const names = await readRoleNames(db);
  if ((await lookForRoles(db, names)) !== null) return null;
  const [row] = await db.query<{ name: string }>("select current_user() as name");
  const [at, name] = [(row?.name ?? "").lastIndexOf("@"), row?.name ?? ""];
  const who = `${quoteName(name.slice(0, at))}@${quoteName(name.slice(at + 1))}`;
  return `Nothing was granted: ${name} may not see whether there are roles ${Object.values(names).join(", ")}. If loaders and gateways have accounts of their own, run \`vitrine migrate up\` again after, as the administrator of the server:\n${grantsOfLooking(
    who,
  )
    .map((one) => `    ${one}`)
    .join("\n")}`;
}

/** Those of the roles that this server has. */
async function readRoles(db: Queryable, names: ReturnType<typeof rolesOf>): Promise<readonly string[]> {
  return (await lookForRoles(db, names)) ?? [];
}

/** Null: the account may not look at roles. */
async function lookForRoles(
  db: Queryable,
  names: ReturnType<typeof rolesOf>,
): Promise<readonly string[] | null> {
  try {
    const rows = await db.query<{ role: string }>(
      "select user as role from mysql.user where is_role = 'Y' and user in (?) order by user",
      [Object.values(names)],
    );
    return rows.map((row) => row.role);
  } catch (error) {
    // 1142: an account that may not look at accounts may not grant either.
    if (sqlErrorOf(error)?.errno === 1142) return null;
    throw error;
  }
}

/**
 * Refuses to grant anything to roles of somebody else that happen to have the names of ours. A role is ours when the
 * account that migrates administers it, as one does that one has made, or when an earlier run let it call the engine's
 * routines of this database. Changes nothing.
 * @throws VitrineError MIGRATION_FAILED naming the roles and the remedy
 */
export async function refuseForeignRoles(db: Queryable): Promise<void> {
  const there = await readRoles(db, await readRoleNames(db));
  if (there.length === 0) return;
  const ours = await db.query<{ role: string }>(
    `select role_name as role from information_schema.applicable_roles where is_grantable = 'YES'
    union select user from mysql.procs_priv
      where db = database() and (routine_name like 'vitrine\\_%' or routine_name in (?))`,
    [Object.values(formerNames)],
  );
  const foreign = there.filter((name) => !ours.some(({ role }) => role === name));
  if (foreign.length === 0) return;
  const [account] = await db.query<{ name: string }>("select current_user() as name");
  throw new VitrineError(
    "MIGRATION_FAILED",
    `The server has ${foreign.join(", ")}, which ${account?.name} does not administer: somebody else may have made it for something else. Nothing was changed. If it is meant for this database, say so: \`grant ${foreign[0]} to ${account?.name} with admin option\`; else drop it.`,
    { details: { roles: foreign } },
  );
}
