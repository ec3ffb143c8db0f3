import { quoteName } from "../stores/mariadb/mariadb.ts";
import { rolesOf } from "../stores/mariadb/roles.ts";

/** What every migration does in its database, in the order in which it does so. */
export const neededRights = [
  ...["select", "insert", "update", "delete", "create", "drop", "alter", "index", "create view", "show view"],
  ...["create routine", "alter routine", "execute", "trigger"],
] as const;

/** What some migrations do beside. */
const otherRights = [
  ...["references", "create temporary tables", "lock tables", "event", "delete history"],
] as const;

/** Tables of the server that say who may do what, and what routines are made of. */
const lookedAt = ["roles_mapping", "procs_priv", "tables_priv", "proc"] as const;

/** A group of statements, and what they are for. */
export interface Grants {
  readonly why: string;
  readonly statements: readonly string[];
}

/** In `grant … on a_b.*` the name is a pattern, where _ stands for any character. */
export const toPattern = (database: string): string =>
  quoteName(database).replaceAll("_", "\\_").replaceAll("%", "\\%");

/** Lets an account see whether there are roles, and what they may. @param who as a statement has it: `a`@'%' */
export const grantsOfLooking = (who: string): readonly string[] => [
  // These columns of an account, and no hash of its password.
  `grant select (User, Host, is_role) on mysql.user to ${who};`,
  ...lookedAt.map((table) => `grant select on mysql.${table} to ${who};`),
];

/**
 * All that the account which migrates a database may do, of a server that others use too.
 * @param who as a statement has it: `a`@'%'
 */
export const grantsOfMigrating = (database: string, who: string): readonly Grants[] => [
  {
    why: "Makes views, triggers and tables of Vitrine's in the database, and tries them in databases of its own. Its triggers run with its rights: whoever drops it before they are gone makes every write of their tables fail.",
    statements: [
      `grant ${[...neededRights, ...otherRights].join(", ")} on ${toPattern(database)}.* to ${who} with grant option;`,
      `grant all privileges on \`vitrine\\_scratch\\_%\`.* to ${who};`,
    ],
  },
  {
    why: "It looks at who may do what, and at the text of routines.",
    statements: grantsOfLooking(who),
  },
  {
    why: "It ends statements that nobody waits for any more, and notices tables that are emptied or swapped, which no trigger tells.",
    statements: [`grant connection admin, process on *.* to ${who};`],
  },
];

/** The role that each of the other accounts gets its rights by: `migrate up` grants them. */
export const rolesOfAccounts = (database: string) => {
  const { loader, reader, writer } = rolesOf(database);
  return { loader, reader, writer } as const;
};
