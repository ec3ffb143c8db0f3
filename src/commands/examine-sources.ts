import { readNotedSources } from "../core/capture-notes.ts";
import { compareSources, nameOf, readSources } from "../migrations/sources.ts";
import { type MariaDb, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import type { Finding } from "./examine.ts";

const ACCESS_DENIED = 1227;

/**
 * Whether tables, views and functions are those that were mirrored, and whether it would be seen if they were not. Reads
 * with the rights of `admin`, who owns the function that loaders ask.
 */
export async function examineSources(admin: MariaDb): Promise<Finding> {
  const name = "tables and views";
  const noted = await readNotedSources(admin);
  if (noted === undefined || noted.size === 0)
    return { name, ok: false, detail: "nobody has noted yet what is mirrored: run `vitrine migrate up`" };
  const { rows, texts } = compareSources(noted, await readSources(admin));
  const changed = [...rows, ...texts].map(nameOf);
  if (changed.length > 0) {
    const detail = `${changed.join(", ")}: not as mirrored; a loader looks every two seconds: is one running?`;
    return { name, ok: false, detail };
  }
  if (await maySeeNumbers(admin)) return { name, ok: true, detail: "as they were mirrored" };
  const detail =
    "tables that are emptied, swapped or exchanged may not be seen; grant the right PROCESS to the account that migrates";
  return { name, ok: false, detail };
}

/** Whether this account may see which tables InnoDB keeps rows in. */
async function maySeeNumbers(admin: MariaDb): Promise<boolean> {
  try {
    await admin.query("select 1 from information_schema.innodb_sys_tables limit 1");
    return true;
  } catch (error) {
    if (sqlErrorOf(error)?.errno === ACCESS_DENIED) return false;
    throw error;
  }
}
