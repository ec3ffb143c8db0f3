import { generateCaptureTriggers } from "../../src/migrations/capture-triggers.ts";
import { planChangeTables } from "../../src/migrations/change-tables.ts";
import { changeTableOf, touchedViewOf } from "../../src/models/derived-names.ts";
import type { CapturedTable } from "../../src/models/project.ts";
import { type Queryable, quoteName } from "../../src/stores/mariadb/mariadb.ts";

/** Gives tables a change table each, as a migration does. With `triggers`, their writes are captured too. */
export async function captureTables(
  admin: Queryable,
  captured: readonly CapturedTable[],
  { triggers = false } = {},
): Promise<void> {
  for (const { sql } of (await planChangeTables(admin, captured)).steps) await admin.query(sql);
  for (const { table } of captured)
    await admin.run("replace into vitrine_captured_table (source_table, change_table) values (?, ?)", [
      table,
      changeTableOf(table),
    ]);
  if (!triggers) return;
  for (const { text } of await generateCaptureTriggers(admin, { name: "test", captured }))
    await admin.query(text);
}

/** Says which documents of a model the changes of a captured table touch, by a select of change_id and document_id. */
export async function touchBy(
  admin: Queryable,
  model: string,
  source: string,
  select: string,
): Promise<void> {
  const view = touchedViewOf(model, source);
  await admin.query(`create or replace view ${quoteName(view)} as ${select}`);
  await noteTouched(admin, model, source);
}

/** Notes a touched view that is there. */
export async function noteTouched(admin: Queryable, model: string, source: string): Promise<void> {
  await admin.run("replace into vitrine_touched_view (model, source_table, touched_view) values (?, ?, ?)", [
    model,
    source,
    touchedViewOf(model, source),
  ]);
}
