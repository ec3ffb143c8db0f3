import { logFingerprint } from "../core/migration-log.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { MadeKind } from "./made-objects.ts";
import type { ObjectKind } from "./sql-files.ts";

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
    await logFingerprint(db, file.name, server.get(objectId(file.kind, file.object)) ?? null);
}
