import { VitrineError } from "../errors.ts";
import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { neededRights, toPattern } from "./admin-rights.ts";

/** What a server and an account are allowed, as far as the account may know. */
export interface ServerAnswers {
  readonly version: string;
  readonly database: string;
  /** `name@host` */
  readonly account: string;
  readonly isReadOnly: boolean;
  /** Nobody at all may write. */
  readonly isFrozen: boolean;
  readonly hasBinaryLog: boolean;
  /** Whoever may make a trigger or a function may do so under a binary log. */
  readonly trustsCreators: boolean;
  readonly packetBytes: number;
  /** In capitals, with those on every database; null: they come by roles too, so nobody knows what is missing. */
  readonly rights: ReadonlySet<string> | null;
  readonly mayGrant: boolean;
  /** Rights on single tables, by the table's name; in capitals. */
  readonly tableRights: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What is asked of a server. */
export interface ServerNeeds {
  /** Of the longest text that is sent. */
  readonly textBytes: number;
  /** Roles of this database, which are granted rights. */
  readonly roles: readonly string[];
  /** Tables of others on which triggers are made. */
  readonly tables: readonly string[];
}

/** Around a text. */
const PACKET_HEAD = 1024;

/** Asks a server, with no right but to connect. */
async function readServerAnswers(db: Queryable): Promise<ServerAnswers> {
  const [server] = await db.query<Record<string, string | null>>(
    `select version() as version, database() as own, current_user() as account, current_role() as role,
      @@global.read_only as read_only, @@global.innodb_read_only as frozen, @@global.log_bin as binlog,
      @@global.log_bin_trust_function_creators as trusts, @@session.max_allowed_packet as packet`,
  );
  const account = server?.account ?? "";
  const at = account.lastIndexOf("@");
  const grantee = `'${account.slice(0, at)}'@'${account.slice(at + 1)}'`;
  const rights = await db.query<{ name: string; grantable: string }>(
    `select privilege_type as name, is_grantable as grantable from information_schema.user_privileges
      where grantee = ?
    union all
    select privilege_type, is_grantable from information_schema.schema_privileges
      where grantee = ? and database() like table_schema`,
    [grantee, grantee],
  );
  const ofTables = await db.query<{ name: string; rights: string }>(
    `select table_name as name, group_concat(privilege_type) as rights
    from information_schema.table_privileges where grantee = ? and table_schema = database() group by 1`,
    [grantee],
  );
  return {
    version: server?.version ?? "",
    database: server?.own ?? "",
    account,
    isReadOnly: Number(server?.read_only) === 1,
    isFrozen: Number(server?.frozen) === 1,
    hasBinaryLog: Number(server?.binlog) === 1,
    trustsCreators: Number(server?.trusts) === 1,
    packetBytes: Number(server?.packet),
    rights: server?.role == null ? new Set(rights.map(({ name }) => name.toUpperCase())) : null,
    mayGrant: rights.some(({ name, grantable }) => name === "SELECT" && grantable === "YES"),
    tableRights: new Map(
      ofTables.map(({ name, rights }) => [name, new Set(rights.toUpperCase().split(","))]),
    ),
  };
}

/** What keeps a migration from its work, in a sentence each that names the statement or the setting. */
export function judgeServerAnswers(facts: ServerAnswers, needs: ServerNeeds): readonly string[] {
  const { rights, database, account } = facts;
  const at = account.lastIndexOf("@");
  const who = `${quoteName(account.slice(0, at))}@${quoteName(account.slice(at + 1))}`;
  const pattern = toPattern(database);
  const has = (...names: readonly string[]) => rights === null || names.some((name) => rights.has(name));
  const problems: string[] = [];
  if (!/mariadb/i.test(facts.version))
    return [
      `The server calls itself ${facts.version}: it is MySQL, or another that is no MariaDB, and lacks what Vitrine needs (\`create or replace trigger\`, system versioning). Replicate the tables into a MariaDB, and name that.`,
    ];
  if (facts.isFrozen || (facts.isReadOnly && !has("READ_ONLY ADMIN", "READ ONLY ADMIN")))
    problems.push(
      "The server is read only, as a replica is: name the primary in MARIADB_URL, or let it write, as its administrator:\n    set global read_only = 0;",
    );
  if (facts.hasBinaryLog && !facts.trustsCreators && !has("SUPER", "BINLOG ADMIN"))
    problems.push(
      `The server writes a binary log, and lets ${account} make no trigger and no function. Say in its configuration that it trusts them, and as its administrator:\n    set global log_bin_trust_function_creators = 1;`,
    );
  if (facts.packetBytes < needs.textBytes + PACKET_HEAD)
    problems.push(
      `The server takes statements of ${facts.packetBytes} bytes, and the longest file has ${needs.textBytes}. Say so in its configuration, and as its administrator:\n    set global max_allowed_packet = 64 * 1024 * 1024;`,
    );
  const closed = (right: string) =>
    has(right) ? [] : needs.tables.filter((table) => !facts.tableRights.get(table)?.has(right));
  // The right to make triggers may be given table by table; whatever else is needed is needed for tables of ours too.
  const isByTable = [...facts.tableRights.values()].some((some) => some.has("TRIGGER"));
  const missing = neededRights.filter(
    (name) => !has(name.toUpperCase()) && !(name === "trigger" && isByTable),
  );
  const unread = facts.tableRights.size > 0 ? closed("SELECT") : [];
  const told = unread.length > 0 ? ` It may read some tables, and not ${unread.join(", ")}.` : "";
  if (missing.length > 0)
    problems.push(
      `${account} may not do all that migrations do in ${database}.${told} As the administrator of the server:\n    grant ${missing.join(", ")} on ${pattern}.* to ${who};`,
    );
  const untriggered = isByTable ? closed("TRIGGER") : [];
  if (untriggered.length > 0)
    problems.push(
      `${account} may make no trigger on ${untriggered.join(", ")}. As the administrator of the server:\n${untriggered.map((table) => `    grant trigger on ${quoteName(database)}.${quoteName(table)} to ${who};`).join("\n")}`,
    );
  if (needs.roles.length > 0 && rights !== null && !facts.mayGrant)
    problems.push(
      `${account} may not give rights in ${database} to ${needs.roles.join(", ")}. As the administrator of the server:\n    grant select on ${pattern}.* to ${who} with grant option;`,
    );
  return problems;
}

/** Changes nothing. @throws VitrineError MIGRATION_FAILED naming all that a server or an account does not allow */
export async function refuseUnfitServer(db: Queryable, needs: ServerNeeds): Promise<void> {
  const problems = judgeServerAnswers(await readServerAnswers(db), needs);
  if (problems.length === 0) return;
  throw new VitrineError("MIGRATION_FAILED", `${problems.join("\n")}\nNothing was changed.`, {
    details: { problems },
  });
}
