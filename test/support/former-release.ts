import { formerNames, toFormerNames } from "../../src/core/former-names.ts";
import { readMadeObjects } from "../../src/migrations/made-objects.ts";
import { readSqlFiles, sha256 } from "../../src/migrations/sql-files.ts";
import type { Queryable } from "../../src/stores/mariadb/mariadb.ts";
import { rolesOf } from "../../src/stores/mariadb/roles.ts";

const isRenamed = (name: string) => Object.hasOwn(formerNames, name);

/**
 * Makes a migrated database what the release before had left: tables, indexes, checks, routines, texts, hashes and
 * rights under the names that the engine's objects had then.
 */
export async function bringBackFormerNames(
  admin: Queryable & { readonly database: string },
  sqlDir: string,
  domains: readonly string[],
): Promise<void> {
  const { versioned, repeatable } = await readSqlFiles(sqlDir, domains);
  const made = versioned
    .flatMap(({ text }) => readMadeObjects(text))
    .filter(({ object }) => isRenamed(object));
  for (const { kind, object } of made) if (kind !== "table") await admin.query(`drop ${kind} ${object}`);
  for (const { name, text } of versioned) {
    const before = toFormerNames(text);
    if (before === text) continue;
    await admin.run("update vitrine_migration set hash = ? where name = ?", [sha256(before), name]);
    // Versioned routines; their files have nothing else.
    if (/^create or replace procedure/m.test(before)) await admin.query(before);
  }
  for (const { kind, name, object, text } of repeatable) {
    const before = toFormerNames(text);
    if (before === text) continue;
    await admin.query(before);
    if (isRenamed(object)) await admin.query(`drop ${kind} ${object}`);
    await admin.run("update vitrine_migration set name = ?, hash = 'of the release before' where name = ?", [
      toFormerNames(name),
      name,
    ]);
  }
  await admin.query(
    `alter table vitrine_pending rename index vitrine_pending_model_bulk_ix to mirror_pending_model_bulk_ix;
    alter table vitrine_import_reject rename index vitrine_import_reject_domain_ix to import_reject_domain_ix;
    alter table vitrine_position drop constraint vitrine_position_position_id_ck,
      add constraint mirror_position_position_id_ck check (position_id = 1);
    alter table vitrine_capture drop constraint vitrine_capture_capture_id_ck,
      add constraint mirror_capture_capture_id_ck check (capture_id = 1)`,
  );
  const { loader } = rolesOf(admin.database);
  const hasRole = (await admin.query("select 1 from mysql.user where user = ?", [loader])).length > 0;
  for (const table of await readRenamedTables(admin)) {
    const before = toFormerNames(table);
    await admin.query(`rename table ${table} to ${before}`);
    if (hasRole && before !== "migration" && !before.startsWith("import_"))
      await admin.query(
        `grant insert, update, delete on ${admin.database}.${before} to ${loader};
        revoke insert, update, delete on ${admin.database}.${table} from ${loader}`,
      );
  }
}

async function readRenamedTables(admin: Queryable): Promise<readonly string[]> {
  const rows = await admin.query<{ name: string }>(
    `select table_name as name from information_schema.tables
    where table_schema = database() and table_type <> 'VIEW'`,
  );
  return rows.map(({ name }) => name).filter(isRenamed);
}
