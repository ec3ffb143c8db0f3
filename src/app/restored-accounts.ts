import { readPosition } from "../core/position.ts";
import { messageOf, VitrineError } from "../errors.ts";
import {
  type AccountKind,
  readMissingRoles,
  toAccountStatements,
  toCreateRole,
} from "../migrations/lost-roles.ts";
import { sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { readMariaDbUrl } from "../stores/mariadb/mariadb-url.ts";
import type { Source } from "./open-app.ts";

const kinds: readonly AccountKind[] = ["loader", "reader", "writer"];

/** An account of its own that an address names, and what it is for. */
export interface NamedAccount {
  readonly kind: AccountKind;
  readonly name: string;
}

/** The accounts that the addresses name beside the one that migrates; none where one account does everything. */
export function listNamedAccounts({ stack: { mariadb } }: Pick<Source, "stack">): readonly NamedAccount[] {
  const urls = {
    loader: () => mariadb.loaderUrl,
    reader: () => mariadb.readerUrl,
    writer: () => mariadb.writerUrl,
  };
  const admin = toAccount(mariadb.adminUrl);
  return kinds.flatMap((kind) => {
    const name = whereGiven(() => toAccount(urls[kind]()));
    return name === undefined || name === admin ? [] : [{ kind, name }];
  });
}

const toAccount = (url: string): string => readMariaDbUrl(url).server.user;

/** Undefined where the configuration names no such account. */
function whereGiven<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof VitrineError && error.code === "CONFIG_INVALID") return undefined;
    throw error;
  }
}

/** Makes the roles that these accounts need and the server lacks: a dump of one database has none. @returns their names */
export async function makeMissingRoles(
  { admin }: Pick<Source, "admin">,
  accounts: readonly NamedAccount[],
): Promise<readonly string[]> {
  const missing = await readMissingRoles(
    admin,
    admin.database,
    accounts.map(({ kind }) => kind),
  );
  for (const role of missing) await admin.query(toCreateRole(role));
  return missing;
}

/** Which of these accounts cannot sign in or may not read, in a sentence each, with the statements that help. */
export async function findLostAccounts(
  source: Pick<Source, "admin" | "loader" | "reader" | "writer">,
  accounts: readonly NamedAccount[],
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { kind, name } of accounts)
    try {
      await readPosition(source[kind]);
    } catch (error) {
      const refused = sqlErrorOf(error)?.message ?? messageOf(error);
      const statements = toAccountStatements(source.admin.database, kind, name);
      problems.push(
        `the account ${name} (${kind}) cannot read here: ${refused.replace(/\.$/, "")}; an administrator runs: ${statements}`,
      );
    }
  return problems;
}
