import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { MadeKind } from "./made-objects.ts";
import { isLogged } from "./runner-tables.ts";
import type { ObjectKind } from "./sql-files.ts";

/** A row of the table `migration`: one applied file, or one that was begun (see BEGUN). */
export interface AppliedFile {
  readonly name: string;
  readonly kind: ObjectKind | "versioned";
  readonly hash: string;
  readonly fingerprint: string | null;
  /** UTC. */
  readonly applied_at: string;
}

/** The hash of a file that a run was about to apply, and did not note as applied. */
export const BEGUN = "";

/** What was applied to this database, oldest first; nothing when no migration ever ran. */
export async function readAppliedFiles(db: Queryable): Promise<readonly AppliedFile[]> {
  if (!(await isLogged(db))) return [];
  return db.query<AppliedFile>(
    "select name, kind, hash, fingerprint, applied_at from migration order by applied_at, name",
  );
}

/** Notes that a file is applied. Its fingerprint is noted when the whole run is complete. */
export async function logApplied(
  db: Queryable,
  file: Pick<AppliedFile, "name" | "kind" | "hash">,
): Promise<void> {
  await db.run(
    `insert into migration (name, kind, hash) values (?, ?, ?)
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
  await db.run("insert ignore into migration (name, kind, hash) values (?, ?, ?)", [
    file.name,
    file.kind,
    BEGUN,
  ]);
}

/** Takes a migration off the record: it is reverted. */
export async function forgetApplied(db: Queryable, name: string): Promise<void> {
  await db.run("delete from migration where name = ?", [name]);
}

/** `view sales` → hash of the definition that the server holds (of a table: none), for every object of this database. */
export type ServerObjects = ReadonlyMap<string, string>;

/** What names a repeatable object on record, however its file spells it. */
export const objectId = (kind: MadeKind, object: string): string => `${kind} ${object.toLowerCase()}`;

/** Reads the definitions that the server holds: an object that was dropped or changed by hand is found out. */
export async function readServerObjects(db: Queryable): Promise<ServerObjects> {
  const rows = await db.query<{ kind: MadeKind; object: string; fingerprint: string }>(
    `select 'table' as kind, table_name as object, '' as fingerprint
    from information_schema.tables where table_schema = database() and table_type <> 'VIEW'
    union all
    select 'view', table_name, sha2(view_definition, 256)
    from information_schema.views where table_schema = database()
    union all
    select lower(routine_type), routine_name,
      sha2(concat_ws('|', routine_definition, dtd_identifier, sql_data_access, sql_mode), 256)
    from information_schema.routines
    where routine_schema = database() and routine_type in ('PROCEDURE', 'FUNCTION')
    union all
    select 'trigger', trigger_name,
      sha2(concat_ws('|', action_timing, event_manipulation, event_object_table, action_statement, sql_mode), 256)
    from information_schema.triggers where trigger_schema = database()`,
  );
  return new Map(rows.map((row) => [objectId(row.kind, row.object), row.fingerprint]));
}

/** Notes the definitions of freshly applied objects, so that later changes by hand are seen. */
export async function logFingerprints(
  db: Queryable,
  files: readonly { readonly name: string; readonly kind: ObjectKind; readonly object: string }[],
): Promise<void> {
  const server = await readServerObjects(db);
  for (const file of files)
    await db.run("update migration set fingerprint = ? where name = ?", [
      server.get(objectId(file.kind, file.object)) ?? null,
      file.name,
    ]);
}
