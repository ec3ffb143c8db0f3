import { quoteName } from "../stores/mariadb/mariadb.ts";
import { rolesOf } from "../stores/mariadb/roles.ts";

/** The accounts of a project and their passwords. */
export interface SetupAccounts {
  readonly database: string;
  readonly passwords: Readonly<Record<"admin" | "loader" | "reader" | "writer", string>>;
}

/** What each of the accounts is called. */
export const accountName = ({ database }: SetupAccounts, kind: keyof SetupAccounts["passwords"]): string =>
  `${database}_vitrine_${kind}`;

/** What whoever migrates does in the database, and on nothing else. */
const ofTables =
  "select, insert, update, delete, create, drop, references, index, alter, create temporary tables, lock tables, " +
  "execute, create view, show view, create routine, alter routine, event, trigger, delete history";

/** The statements for the administrator of a server: accounts, roles, rights, and what a binary log asks for. */
export function printSetupSql(accounts: SetupAccounts, hasBinaryLog: boolean): string {
  const { database, passwords } = accounts;
  const of = (kind: keyof typeof passwords) => `${quoteName(accountName(accounts, kind))}@'%'`;
  // In `grant … on a_b.*` the name is a pattern, where _ stands for any character.
  const pattern = quoteName(database).replaceAll("_", "\\_").replaceAll("%", "\\%");
  const roles = rolesOf(database);
  const members = [
    ["loader", roles.loader],
    ["reader", roles.reader],
    ["writer", roles.writer],
  ] as const;
  const lines = [
    `-- For the administrator of the server, once: mariadb < setup.sql`,
    `-- It makes four accounts with passwords of their own, and changes no table of ${database}.`,
    "-- It has passwords: do not commit it.",
    "",
    "-- Makes views, triggers and tables of Vitrine's in the database, and tries them in databases of its own. Its",
    "-- triggers run with its rights: whoever drops it before they are gone makes every write of their tables fail.",
    `create user ${of("admin")} identified by '${passwords.admin}';`,
    `grant ${ofTables}`,
    `    on ${pattern}.* to ${of("admin")} with grant option;`,
    `grant all privileges on \`vitrine\\_scratch\\_%\`.* to ${of("admin")};`,
    "-- It looks at who may do what, at the text of routines, and ends statements that nobody waits for any more.",
    // These columns of an account, and no hash of its password.
    `grant select (User, Host, is_role) on mysql.user to ${of("admin")};`,
    ...["procs_priv", "tables_priv", "proc"].map(
      (table) => `grant select on mysql.${table} to ${of("admin")};`,
    ),
    "-- It notices tables that are emptied or swapped, which no trigger tells.",
    `grant connection admin, process on *.* to ${of("admin")};`,
    "",
    "-- These get their rights by their roles, from `vitrine migrate up`.",
    ...members.flatMap(([kind, role]) => [
      `create role ${quoteName(role)};`,
      `grant ${quoteName(role)} to ${of("admin")} with admin option;`,
      `create user ${of(kind)} identified by '${passwords[kind]}';`,
      `grant ${quoteName(role)} to ${of(kind)};`,
      `set default role ${quoteName(role)} for ${of(kind)};`,
    ]),
    ...(hasBinaryLog
      ? [
          "",
          "-- The server writes a binary log, and lets nobody make triggers or functions unless it is told to trust them.",
          "-- Write it into the server's configuration too, or it is forgotten by the next start.",
          "set global log_bin_trust_function_creators = 1;",
        ]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
