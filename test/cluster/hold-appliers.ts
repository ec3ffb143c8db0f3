import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";

/** Lets a node apply nothing that others write, as a backup does it. @returns lets it go on */
export async function holdAppliers(url: string): Promise<() => Promise<void>> {
  // Its one session has the lock.
  const db = openMariaDb(url, { size: 1 });
  await db.query("set global wsrep_desync = 1");
  await db.query("flush tables with read lock");
  let released: Promise<void> | undefined;
  const release = async () => {
    await db.query("unlock tables");
    await db.query("set global wsrep_desync = 0");
    await db.close();
  };
  return () => {
    released ??= release();
    return released;
  };
}
