import { dropLease, lockLease } from "../core/lease.ts";
import { VitrineError } from "../errors.ts";
import type { ImportDefinition } from "../models/import-definition.ts";
import { type MariaDb, type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import type { ChosenImport } from "./choose-import.ts";

/** The row of `vitrine_lease` that an import locks while it runs. */
export const lockOf = (domain: string, name: string): string => `import:${domain}:${name}`;

/** Deletes the staged lines of an import. Its lock is held. */
export async function clearStaging(db: Pick<Queryable, "run">, { files }: ImportDefinition): Promise<void> {
  for (const { staging } of files) await db.run(`delete from ${quoteName(staging)}`);
}

/** Seconds that clearing waits for the lock: of a lost connection the server may not know yet. */
const WAIT_SECONDS = 2;

/**
 * Deletes what a failed import has left staged: staging tables know no transaction, and lines may be nobody's business. Best
 * effort, under the import's lock: when another run has it, that one deletes them. Never rejects.
 */
export async function clearAfterFailure(
  admin: MariaDb,
  { name, definition }: ChosenImport,
  { domain, error }: { readonly domain: string; readonly error: unknown },
): Promise<void> {
  if (error instanceof VitrineError && error.code === "IMPORT_LOCKED") return;
  try {
    await admin.transaction(async (connection) => {
      const lock = lockOf(domain, name);
      await lockLease(connection, lock, WAIT_SECONDS);
      await clearStaging(connection, definition);
      await dropLease(connection, lock);
    });
  } catch {
    // The failure that is told is the import's; the next run deletes what is left.
  }
}
