import { randomBytes } from "node:crypto";
import { VitrineError } from "../errors.ts";
import type { NamedDomain } from "../models/list-names.ts";
import { type MariaDb, type Queryable, quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { rolesOf } from "../stores/mariadb/roles.ts";
import { judgeAnalystViews } from "./analyst-views.ts";
import { readRoleGrants, refuseForeignRoles } from "./role-grants.ts";

export interface NewAccount {
  readonly name: string;
  /** Told once: the server keeps a hash of it. */
  readonly password: string;
  /** What it may read. */
  readonly views: readonly string[];
}

/** An account of an analyst: the seconds that a statement may take, and how many connections it may have at once. */
const limits = { seconds: 60, connections: 10 };

/** Of the accounts that are made here. */
const anyHost = "%";

/**
 * Makes an account that may read the views of analysts and nothing else, with a password of its own; the role too, where
 * the database has none yet. A statement of it ends after a minute, and it has ten connections at most: nobody who
 * explores may take the shop's.
 * @throws VitrineError USAGE for a name that is taken or no name; CONFIG_INVALID when the account of MARIADB_URL may not
 *   make accounts; MIGRATION_FAILED when somebody else's role has the name
 */
export async function addAnalyst(
  db: MariaDb,
  name: string,
  domains: readonly NamedDomain[],
): Promise<NewAccount> {
  if (!/^[A-Za-z][\w-]{0,63}$/.test(name))
    throw new VitrineError(
      "USAGE",
      `${name} is no name of an account: letters, digits, _ and -, a letter first, 64 characters at most.`,
    );
  await refuseForeignRoles(db);
  const { analyst } = rolesOf(db.database);
  const { shown } = await judgeAnalystViews(db, domains);
  const password = randomBytes(18).toString("base64url");
  const account = `${quoteName(name)}@'${anyHost}'`;
  await run(db, `create role if not exists ${quoteName(analyst)} with admin current_user`);
  for (const grant of await readRoleGrants(db, { offered: [], analystViews: shown }))
    if (grant.name === analyst) await run(db, grant.sql);
  // The text is of letters and digits, and of - and _, which need no quoting.
  const limited = `with max_statement_time ${limits.seconds} max_user_connections ${limits.connections}`;
  await run(db, `create user ${account} identified by '${password}' ${limited}`, (errno) =>
    errno === 1396
      ? new VitrineError("USAGE", `There is an account ${name} already. Take another name.`)
      : null,
  );
  try {
    await run(db, `grant ${quoteName(analyst)} to ${account}`);
    await run(db, `set default role ${quoteName(analyst)} for ${account}`);
  } catch (error) {
    await db.query(`drop user ${account}`);
    throw error;
  }
  return { name, password, views: shown };
}

/** Names of the accounts that have the role of analysts: `ann`, and `ann@10.0.0.5` of one that is of a single machine. */
export async function listAnalysts(db: MariaDb): Promise<readonly string[]> {
  const rows = await db.query<{ name: string; host: string }>(
    `select mapping.user as name, mapping.host as host from mysql.roles_mapping as mapping
    join mysql.user as account on account.user = mapping.user and account.host = mapping.host
    where mapping.role = ? and mapping.admin_option = 'N' and account.is_role = 'N' order by name, host`,
    [rolesOf(db.database).analyst],
  );
  return rows.map(({ name, host }) => (host === anyHost ? name : `${name}@${host}`));
}

/**
 * Drops the account of an analyst, as `addAnalyst` makes them; other accounts stay.
 * @throws VitrineError USAGE when there is none of the name, or when it may do more than analysts do
 */
export async function removeAnalyst(db: MariaDb, name: string): Promise<void> {
  const { analyst } = rolesOf(db.database);
  const [user, host] = name.split("@");
  if (!(await listAnalysts(db)).includes(name))
    throw new VitrineError(
      "USAGE",
      `No analyst is called ${name}. \`vitrine user list\` tells who there is.`,
    );
  if (host !== undefined)
    throw new VitrineError(
      "USAGE",
      `${name} was not made by \`vitrine user add\`. Drop it as whoever made it: \`drop user '${user}'@'${host}'\`.`,
    );
  const account = `${quoteName(name)}@'${anyHost}'`;
  const more = findOtherRights(await showGrants(db, account), analyst);
  if (more.length > 0)
    throw new VitrineError(
      "USAGE",
      `${name} may do more than analysts do (${more.join("; ")}), so it is not dropped. To end the role only: \`revoke ${analyst} from ${name}\`.`,
    );
  await run(db, `drop user ${account}`);
}

const showGrants = async (db: MariaDb, account: string): Promise<readonly string[]> =>
  (await db.query(`show grants for ${account}`)).map((row) => String(Object.values(row)[0]));

/** What was granted beside the role and the right to connect; each without to whom, and without its password's hash. */
const findOtherRights = (grants: readonly string[], role: string): readonly string[] =>
  grants
    .filter((grant) => grant.startsWith("GRANT ") && !grant.startsWith("GRANT USAGE ON *.* "))
    .map((grant) => grant.replace(/ TO [`'"][\s\S]*$/, ""))
    .filter((grant) => grant !== `GRANT ${quoteName(role)}`);

/** What the server says to an account without the right. */
const noRight: ReadonlySet<number> = new Set([1044, 1142, 1227, 1410, 1698, 1959, 1961]);

async function run(
  db: Pick<Queryable, "query">,
  sql: string,
  toError: (errno: number) => VitrineError | null = () => null,
): Promise<void> {
  try {
    await db.query(sql);
  } catch (error) {
    const errno = sqlErrorOf(error)?.errno ?? 0;
    const known = toError(errno);
    if (known) throw known;
    if (!noRight.has(errno)) throw error;
    throw new VitrineError(
      "CONFIG_INVALID",
      "The account of MARIADB_URL may not make accounts, or not hand on the role of analysts. Give MARIADB_URL of one that may: `grant create user on *.* to …`.",
      { cause: error },
    );
  }
}
