import { VitrineError } from "../errors.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";

/** Columns by which the tables are known that a runner needs before it can look at anything else. */
export const runnerTables = {
  vitrine_migration: ["name", "kind", "hash"],
  vitrine_lease: ["lease_name", "holder", "expires_at"],
};

/**
 * Whether this database has the log of migrations.
 * @throws VitrineError MIGRATION_FAILED when a table of this name, or of the leases', is somebody else's
 */
export async function isLogged(db: Queryable): Promise<boolean> {
  const columns = await db.query<{ table: string; name: string }>(
    `select table_name as \`table\`, column_name as name from information_schema.columns
    where table_schema = database() and table_name in ('vitrine_migration', 'vitrine_lease')`,
  );
  const logged = Object.entries(runnerTables).map(([table, expected]) => {
    const found = columns.filter((column) => column.table === table).map(({ name }) => name);
    if (found.length > 0 && !expected.every((name) => found.includes(name)))
      throw new VitrineError(
        "MIGRATION_FAILED",
        `The database has a table ${table} that is not Vitrine's, which needs that name. Rename it, or give Vitrine another database; nothing was changed.`,
        { details: { table } },
      );
    return found.length > 0;
  });
  return logged.every(Boolean);
}
