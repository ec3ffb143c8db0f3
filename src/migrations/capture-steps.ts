import { readChangeTables } from "../core/change-tables.ts";
import { distrustMirrorOf } from "../core/rebuild.ts";
import type { NamedDomain } from "../models/list-names.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { prepareChangeTables, retireChangeLog, settleChangeTables } from "./change-tables.ts";
import type { Execute } from "./migration-runner.ts";
import { readCapturedDomains } from "./read-captured.ts";
import { readTouchedFiles } from "./touched-files.ts";

/** The steps of a migration that give captured tables their change tables. */
export interface CaptureSteps {
  /** Before the triggers that write them. */
  prepare(): Promise<void>;
  /** When triggers and touched views are in place. */
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
  let altered: readonly string[] = [];
  const readAll = async () =>
    (await readCapturedDomains({ sqlDir, domains })).flatMap(({ captured = [] }) => captured);
  /** Changes that were logged without a key cannot tell what they touch. */
  const distrustReaders = async () => {
    const tables = (await readChangeTables(db)).filter(({ source }) => altered.includes(source));
    await distrustMirrorOf(db, [...new Set(tables.flatMap(({ views }) => [...views.keys()]))]);
  };
  return {
    async prepare() {
      altered = await prepareChangeTables(db, await readAll(), execute, { dryRun });
      if (altered.length > 0 && !dryRun) await distrustReaders();
    },
    async settle() {
      const touched = await readTouchedFiles(sqlDir, domains);
      await settleChangeTables(db, { captured: await readAll(), touched }, execute, { dryRun });
      // Again: a rebuild that began meanwhile may have read before the triggers were in place.
      if (altered.length > 0 && !dryRun) await distrustReaders();
      await retireChangeLog(db, execute, { dryRun });
    },
  };
}
