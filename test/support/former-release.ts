import { readChangeTables } from "../../src/core/change-tables.ts";
import { formerNames, toFormerNames } from "../../src/core/former-names.ts";
import { readMadeObjects } from "../../src/migrations/made-objects.ts";
import { type RepeatableFile, readSqlFiles } from "../../src/migrations/sql-files.ts";
import { sha256 } from "../../src/sha256.ts";
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
  await bringBackChangeLog(admin, repeatable);
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

/** One log took the changes of all tables; of cubes nothing was noted. */
async function bringBackChangeLog(admin: Queryable, files: readonly RepeatableFile[]): Promise<void> {
  await admin.query(
    `create table change_log (
      change_id bigint unsigned not null auto_increment, source_table varchar(64) not null, row_keys json not null,
      changed varchar(2000) null, logged_at datetime(6) not null default (utc_timestamp(6)), primary key (change_id))`,
  );
  for (const { kind, name, object, text } of files) {
    const [, event, table] = /^after (\w+) on (\S+) for each row$/m.exec(text) ?? [];
    if (kind === "trigger" && text.includes("vitrine_change_") && event !== undefined)
      await admin.query(
        `create or replace trigger ${object} after ${event} on ${table} for each row
        insert into change_log (source_table, row_keys) values ('${table?.replaceAll("`", "")}', '{}')`,
      );
    else if (name.startsWith("touched/")) await admin.query(`drop view ${object}`);
    else continue;
    if (kind === "trigger")
      await admin.run("update vitrine_migration set hash = 'of the release before' where name = ?", [name]);
    else await admin.run("delete from vitrine_migration where name = ?", [name]);
  }
  for (const { name } of await readChangeTables(admin)) await admin.query(`drop table \`${name}\``);
  await admin.query(
    `drop table vitrine_captured_table, vitrine_touched_view, vitrine_cube_question, vitrine_run,
      vitrine_schedule, vitrine_alert, vitrine_audit, vitrine_known_table;
    alter table vitrine_import_run drop column import_name;
    delete from vitrine_migration where name >= 'migrations/core/0012' and name like 'migrations/core/%'`,
  );
}

async function readRenamedTables(admin: Queryable): Promise<readonly string[]> {
  const rows = await admin.query<{ name: string }>(
    `select table_name as name from information_schema.tables
    where table_schema = database() and table_type <> 'VIEW'`,
  );
  return rows.map(({ name }) => name).filter(isRenamed);
}
