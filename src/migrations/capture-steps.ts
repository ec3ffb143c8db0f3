import {
  forgetLackingKeys,
  noteChangeTables,
  noteLackingKeys,
  noteTouchedViews,
  readModelsLackingKeys,
} from "../core/change-tables.ts";
import { noteTables } from "../core/noted-tables.ts";
import { distrustMirrorOf } from "../core/rebuild.ts";
import { changeTableOf } from "../models/derived-names.ts";
import type { NamedDomain } from "../models/list-names.ts";
import type { CapturedTable } from "../models/project.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { dropUnusedParts, isChangeLogThere, planChangeTables } from "./change-tables.ts";
import { readTables } from "./mend/find-renames.ts";
import type { Execute } from "./migration-runner.ts";
import { readCapturedDomains } from "./read-captured.ts";
import { readTouchedFiles } from "./touched-files.ts";

/** The steps of a migration that give captured tables their change tables. */
export interface CaptureSteps {
  /** Before the triggers that write them, and the views that read them. */
  prepare(): Promise<void>;
  /** When the touched views are in place, before the triggers: notes what there is, for the loader. */
  note(): Promise<void>;
  /** When all is in place, and what has no file any more is gone: drops what nothing names any more. */
  settle(): Promise<void>;
}

/** Takes the steps of one migration. */
export function createCapture(
  db: Queryable,
  options: {
    readonly sqlDir: string;
    readonly domains: readonly NamedDomain[];
    readonly dryRun?: boolean;
  },
  execute: Execute,
): CaptureSteps {
  const { sqlDir, domains, dryRun } = options;
  const readAll = async (): Promise<readonly CapturedTable[]> =>
    (await readCapturedDomains({ sqlDir, domains })).flatMap(({ captured = [] }) => captured);
  return {
    async prepare() {
      const { steps, altered } = await planChangeTables(db, await readAll(), { dryRun });
      if (!dryRun) {
        await noteLackingKeys(db, altered);
        await distrustMirrorOf(db, await readModelsLackingKeys(db));
        // A loader of an earlier release does not see what the triggers log from now on.
        if (await isChangeLogThere(db)) await distrustMirrorOf(db, null);
      }
      for (const { name, sql } of steps)
        await execute({ action: "apply", name: `change table ${name}`, sql }, async () => {});
    },
    async note() {
      if (dryRun) return;
      await noteTouchedViews(db, await readTouchedFiles(sqlDir, domains));
      const captured = await readAll();
      await noteChangeTables(
        db,
        captured.map(({ table }) => ({ source: table, name: changeTableOf(table) })),
      );
      const tables = captured.map(({ table }) => table);
      await noteTables(db, await readTables(db, tables));
    },
    async settle() {
      // Again: a rebuild that began meanwhile may have read before the triggers were in place.
      if (!dryRun) {
        await distrustMirrorOf(db, await readModelsLackingKeys(db));
        await forgetLackingKeys(db);
      }
      await dropUnusedParts(db, await readAll(), execute, { dryRun });
      if (!(await isChangeLogThere(db))) return;
      // What waits there nobody resolves any more.
      if (!dryRun) await distrustMirrorOf(db, null);
      const sql = "drop table if exists change_log";
      await execute({ action: "drop", name: "table change_log", sql }, async () => {});
    },
  };
}
