import { setTimeout as sleep } from "node:timers/promises";
import { VitrineError } from "../errors.ts";
import { type Queryable, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { maskSql } from "./sql-text.ts";

/** Whoever writes a table waits behind the statement that waits for it: so long at most. */
const holdSeconds = 2;
const pauseMs = 1000;
const lockWaitTimeout = 1205;

/**
 * Runs a statement that may be run again, on a table that others write. While somebody's transaction holds the table
 * it asks again and again, with pauses in which others go on.
 * @param step names what is done, in the error
 * @throws VitrineError MIGRATION_FAILED naming the table when it is held for longer than `patienceMs`
 */
export async function runBriefly(
  connection: Queryable,
  { name, sql }: { readonly name: string; readonly sql: string },
  patienceMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  await connection.run(`set session lock_wait_timeout = ${holdSeconds}`);
  try {
    while (!(await tryOnce(connection, sql))) {
      if (Date.now() >= deadline) {
        const table = await findTable(connection, sql);
        const held = table === null ? "what it is about" : `the table ${table}`;
        throw new VitrineError(
          "MIGRATION_FAILED",
          `${name}: somebody's transaction holds ${held}, for longer than ${patienceMs / 1000} s. End it (\`show processlist\` names its session), and run this again: it goes on from here.`,
          { details: { step: name, table } },
        );
      }
      await sleep(pauseMs);
    }
  } finally {
    // A lost connection has nothing to be put back.
    await connection.run("set session lock_wait_timeout = default").catch(() => {});
  }
}

/** False when the table was held. */
async function tryOnce(connection: Queryable, sql: string): Promise<boolean> {
  try {
    await connection.query(sql);
    return true;
  } catch (error) {
    if (sqlErrorOf(error)?.errno === lockWaitTimeout) return false;
    throw error;
  }
}

/** The table that a trigger is made for or taken from; of other statements: what they name. */
async function findTable(db: Queryable, sql: string): Promise<string | null> {
  const name = "`?([^`\\s]+)`?";
  const masked = maskSql(sql);
  const made = new RegExp(`\\bon\\s+${name}\\s+for\\s+each\\s+row\\b`, "i").exec(masked)?.[1];
  if (made !== undefined) return made;
  const [, kind, object] =
    new RegExp(`\\bdrop\\s+(\\w+)\\s+(?:if\\s+exists\\s+)?${name}`, "i").exec(masked) ?? [];
  if (kind?.toLowerCase() !== "trigger") return object ?? null;
  const [row] = await db.query<{ table: string }>(
    `select event_object_table as \`table\` from information_schema.triggers
    where trigger_schema = database() and trigger_name = ?`,
    [object],
  );
  return row?.table ?? null;
}
