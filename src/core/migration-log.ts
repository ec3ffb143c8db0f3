import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { isLogged } from "./runner-tables.ts";

/** A row of the table `vitrine_migration`: one applied file, or one that was begun (see BEGUN). */
export interface AppliedFile {
  readonly name: string;
  readonly kind: "view" | "procedure" | "function" | "trigger" | "versioned";
  readonly hash: string;
  readonly fingerprint: string | null;
  /** UTC. */
  readonly applied_at: string;
}

/** The hash of a file that a run was about to apply, and did not note as applied. */
export const BEGUN = "";

/** How the names of the engine's versioned files begin. */
const ENGINE_FILES = "migrations/core/";

/** What was applied to this database, oldest first; nothing when no migration ever ran. */
export async function readAppliedFiles(db: Queryable): Promise<readonly AppliedFile[]> {
  const rows = await readLog(db);
  return rows.length > 0 ? rows : readLogBefore(db);
}

async function readLog(db: Queryable): Promise<readonly AppliedFile[]> {
  if (!(await isLogged(db))) return [];
  return db.query<AppliedFile>(
    "select name, kind, hash, fingerprint, applied_at from vitrine_migration order by applied_at, name",
  );
}

/**
 * The log of a database whose tables still have their former names; nothing when it has another log, or none. The
 * engine's own versioned files count as begun, for the next run applies them again.
 */
export async function readFormerLog(db: Queryable): Promise<readonly AppliedFile[]> {
  return (await readLog(db)).length > 0 ? [] : readLogBefore(db);
}

async function readLogBefore(db: Queryable): Promise<readonly AppliedFile[]> {
  const columns = await db.query<{ name: string }>(
    `select column_name as name from information_schema.columns
    where table_schema = database() and table_name = 'migration' order by ordinal_position`,
  );
  if (columns.map(({ name }) => name).join() !== "name,kind,hash,fingerprint,applied_at") return [];
  const rows = await db.query<AppliedFile>(
    "select name, kind, hash, fingerprint, applied_at from migration order by applied_at, name",
  );
  // Columns may be alike by chance; this row is not.
  if (
    !rows.some(
      ({ name, kind }) => kind === "versioned" && name === `${ENGINE_FILES}0000-migration-tables.sql`,
    )
  )
    return [];
  return rows.map((row) => (row.name.startsWith(ENGINE_FILES) ? { ...row, hash: BEGUN } : row));
}

/** Notes that a file is applied. Its fingerprint is noted when the whole run is complete. */
export async function logApplied(
  db: Queryable,
  file: Pick<AppliedFile, "name" | "kind" | "hash">,
): Promise<void> {
  await db.run(
    `insert into vitrine_migration (name, kind, hash) values (?, ?, ?)
    on duplicate key update kind = values(kind), hash = values(hash), fingerprint = null,
      applied_at = utc_timestamp(3)`,
    [file.name, file.kind, file.hash],
  );
}

/**
 * Notes that a file is about to be applied. What it makes is ours from now on, also when this run ends before it can
 * note more.
 */
export async function logBegun(db: Queryable, file: Pick<AppliedFile, "name" | "kind">): Promise<void> {
  await db.run("insert ignore into vitrine_migration (name, kind, hash) values (?, ?, ?)", [
    file.name,
    file.kind,
    BEGUN,
  ]);
}

/** Takes a migration off the record: it is reverted. */
export async function forgetApplied(db: Queryable, name: string): Promise<void> {
  await db.run("delete from vitrine_migration where name = ?", [name]);
}

/** Notes the definition that the server holds of a file's object, so that later changes by hand are seen. */
export async function logFingerprint(db: Queryable, name: string, fingerprint: string | null): Promise<void> {
  await db.run("update vitrine_migration set fingerprint = ? where name = ?", [fingerprint, name]);
}

/** Has the next run apply every versioned file of the engine again, as each of them can be. */
export async function applyEngineAgain(db: Pick<Queryable, "run">): Promise<void> {
  await db.run("update vitrine_migration set hash = ? where kind = 'versioned' and name like ?", [
    BEGUN,
    `${ENGINE_FILES}%`,
  ]);
}

/**
 * When this database was filled from a dump, or its files were copied, as RFC 3339, UTC: every table of it is younger than the
 * newest migration that its log knows. Null when it was not, or when something was applied since.
 */
export async function readFilledAt(db: Queryable): Promise<string | null> {
  const [row] = await db.query<{ filled_at: string | null }>(
    `select if(made.first_at > (select max(applied_at) from vitrine_migration),
      date_format(made.first_at, '%Y-%m-%dT%TZ'), null) as filled_at
    from (
      select min(create_time) as first_at from information_schema.tables
      where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
    ) as made`,
  );
  return row?.filled_at ?? null;
}
