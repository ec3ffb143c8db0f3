import { setTimeout as sleep } from "node:timers/promises";
import { formerNames } from "../core/former-names.ts";
import { readFormerLog } from "../core/migration-log.ts";
import { VitrineError } from "../errors.ts";
import { engineDomain } from "../models/engine-names.ts";
import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { readMadeObjects } from "./made-objects.ts";
import type { MigrationStep } from "./migration-runner.ts";
import { readSqlFiles } from "./sql-files.ts";

/** Tables that a run makes itself before it renames any: of the first nothing lasts, the second is empty. */
const LEASE = "vitrine_lease";
const LOG = "vitrine_migration";

/**
 * What brings a database of an earlier release, whose log proves that its tables are the engine's, to the names of today:
 * the engine's versioned files count as begun, so that the run applies them again (they make what they find missing);
 * their routines go, indexes and checks get their names; last, in one statement, the tables. Whatever it is cut off after,
 * the next look finds the rest. Changes nothing; undefined when nothing is to be renamed.
 */
export async function readRenaming(db: Queryable): Promise<MigrationStep | undefined> {
  const log = await readFormerLog(db);
  if (log.length === 0) return undefined;
  const begun = new Set(log.map(({ name }) => name));
  const { versioned } = await readSqlFiles("", []);
  const made = versioned
    .filter(({ name }) => begun.has(name))
    .flatMap(({ text }) => readMadeObjects(text))
    .filter(({ action, object }) => action === "create" && Object.hasOwn(formerNames, object));
  const found = await readFormerTables(
    db,
    made.flatMap(({ kind, object }) => (kind === "table" ? [object] : [])),
  );
  const tables = [...found.filter((table) => table !== LEASE && table !== LOG), LOG];
  const files = versioned.filter(({ name }) => begun.has(name)).map(({ name }) => `'${name}'`);
  const routines = made.filter(({ kind }) => kind === "procedure" || kind === "function");
  const sql = [
    `update migration set hash = '' where name in (${files.join(", ")})`,
    ...routines.map(({ kind, object }) => `drop ${kind} if exists ${quoteName(formerOf(object))}`),
    ...(await readPartNames(db, tables)),
    `drop table if exists ${quoteName(formerOf(LEASE))}`,
    `drop table if exists ${quoteName(LOG)}`,
    `rename table ${tables.map((table) => `${quoteName(formerOf(table))} to ${quoteName(table)}`).join(", ")}`,
  ];
  return { action: "rename", name: engineDomain, sql: `${sql.join(";\n")};` };
}

const formerOf = (name: string): string => formerNames[name] ?? name;

/** The tables of these names that are there under their former ones. */
async function readFormerTables(db: Queryable, names: readonly string[]): Promise<readonly string[]> {
  const rows = await db.query<{ name: string }>(
    `select table_name as name from information_schema.tables
    where table_schema = database() and table_type <> 'VIEW' and table_name in (?)`,
    [names.map(formerOf)],
  );
  const there = new Set(rows.map(({ name }) => name));
  return [...new Set(names)].filter((name) => there.has(formerOf(name)));
}

/** Statements that rename the indexes and checks that are named after their table. */
async function readPartNames(db: Queryable, tables: readonly string[]): Promise<readonly string[]> {
  const parts = await db.query<{ table: string; name: string; text: string | null }>(
    `select distinct table_name as \`table\`, index_name as name, null as text
    from information_schema.statistics where table_schema = database()
    union all
    select table_name, constraint_name, check_clause
    from information_schema.check_constraints where constraint_schema = database()`,
  );
  return tables.flatMap((to) => {
    const from = formerOf(to);
    const changes = parts
      .filter(({ table, name }) => table === from && name.startsWith(`${from}_`))
      .map(({ name, text }) => {
        const [before, after] = [quoteName(name), quoteName(to + name.slice(from.length))];
        return text === null
          ? `rename index if exists ${before} to ${after}`
          : `drop constraint if exists ${before}, add constraint if not exists ${after} check (${text})`;
      });
    return changes.length === 0 ? [] : [`alter table ${quoteName(from)} ${changes.join(", ")}`];
  });
}

/**
 * Waits for a runner of an earlier release, which knows another table of leases. One of this server holds the lock of
 * this name too, so this concerns other nodes of a cluster.
 * @throws VitrineError MIGRATION_LOCKED when it does not finish within `waitMs`
 */
export async function waitForFormerRunner(db: Queryable, waitMs: number): Promise<void> {
  for (const deadline = Date.now() + waitMs; await isFormerRunnerAtWork(db); await sleep(100))
    if (Date.now() >= deadline)
      throw new VitrineError(
        "MIGRATION_LOCKED",
        `A runner of an earlier release is migrating this database and did not finish within ${waitMs / 1000} s. Try again when it is done.`,
      );
}

async function isFormerRunnerAtWork(db: Queryable): Promise<boolean> {
  if ((await readFormerLog(db)).length === 0 || (await readFormerTables(db, [LEASE])).length === 0)
    return false;
  const held = await db.query(
    "select 1 from lease where lease_name = 'migrate' and expires_at > utc_timestamp(3)",
  );
  return held.length > 0;
}
