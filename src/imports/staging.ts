import type { ImportDefinition } from "../models/import-definition.ts";
import { type MariaDbConnection, quoteName } from "../stores/mariadb/mariadb.ts";

/** The name of a staging table until it is complete. */
const HALF = quoteName("vitrine_staging");

const namesOf = ({ files }: ImportDefinition): readonly string[] => [
  ...new Set(files.map(({ staging }) => quoteName(staging))),
];

/**
 * Lays an empty table of the connection's own over each staging table of an import, with its columns and keys. So lines are
 * nobody else's business: they are gone with the connection, whatever becomes of the process or the server, and neither the
 * binary log nor the other nodes of a cluster are told of them. Aria: no crash safety and no undo, which are half of the
 * time. Not within a transaction, which it would commit.
 */
export async function openStaging(
  connection: MariaDbConnection,
  definition: ImportDefinition,
): Promise<void> {
  for (const staging of namesOf(definition)) {
    await connection.run(`create or replace temporary table ${HALF} like ${staging}`);
    // Under the name of one that is there a temporary table cannot be made like it, but it can be renamed to it.
    await connection.run(`alter table ${HALF} engine = Aria transactional = 0, rename to ${staging}`);
  }
}

/** Drops them again, from a connection that others will get. */
export async function closeStaging(
  connection: MariaDbConnection,
  definition: ImportDefinition,
): Promise<void> {
  for (const staging of namesOf(definition)) await connection.run(`drop temporary table ${staging}`);
}
