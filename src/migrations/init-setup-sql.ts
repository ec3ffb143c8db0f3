import { quoteName } from "../stores/mariadb/mariadb.ts";
import { grantsOfMigrating, rolesOfAccounts } from "./admin-rights.ts";

/** The accounts of a project and their passwords. */
export interface SetupAccounts {
  readonly database: string;
  readonly passwords: Readonly<Record<"admin" | "loader" | "reader" | "writer", string>>;
}

/** What each of the accounts is called. */
export const accountName = ({ database }: SetupAccounts, kind: keyof SetupAccounts["passwords"]): string =>
  `${database}_vitrine_${kind}`;

/** The statements for the administrator of a server: accounts, roles, rights, and what a binary log asks for. */
export function printSetupSql(accounts: SetupAccounts, hasBinaryLog: boolean): string {
  const { database, passwords } = accounts;
  const of = (kind: keyof typeof passwords) => `${quoteName(accountName(accounts, kind))}@'%'`;
  const members = Object.entries(rolesOfAccounts(database)) as readonly (readonly [
    keyof typeof passwords,
    string,
  ])[];
  const lines = [
    `-- For the administrator of the server, once: mariadb < setup.sql`,
    `-- It makes four accounts with passwords of their own, and changes no table of ${database}.`,
    "-- It has passwords: do not commit it.",
    "",
    `create user ${of("admin")} identified by '${passwords.admin}';`,
    ...grantsOfMigrating(database, of("admin")).flatMap(({ why, statements }) => [
      `-- ${why}`,
      ...statements,
    ]),
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
