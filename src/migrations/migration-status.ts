import type { NamedDomain } from "../models/list-names.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { BEGUN } from "./migration-log.ts";
import { type FileState, type MigrationPlan, readMigrationPlan, stateOf } from "./migration-plan.ts";
import type { ObjectKind } from "./sql-files.ts";

export interface MigrationStatus {
  /** Everything is applied as the files say. */
  readonly current: boolean;
  readonly files: readonly FileStatus[];
}

export interface FileStatus {
  /** Relative to the folder of the SQL files. */
  readonly name: string;
  readonly kind: ObjectKind | "versioned";
  /** `gone`: applied, but the file is not there any more. */
  readonly state: FileState | "gone";
  /** UTC; null when never applied. */
  readonly appliedAt: string | null;
}

/** Where every SQL file of the project stands in the current database. Changes nothing, waits for nobody. */
export async function migrationStatus(options: {
  readonly admin: MariaDb;
  readonly sqlDir: string;
  readonly domains: readonly NamedDomain[];
}): Promise<MigrationStatus> {
  const plan = await readMigrationPlan(options.admin, options.sqlDir, options.domains);
  const files: FileStatus[] = plan.files.map((file) => ({
    name: file.name,
    kind: file.kind,
    state: stateOf(plan, file),
    appliedAt: appliedAt(plan, file.name),
  }));
  for (const row of plan.gone)
    files.push({ name: row.name, kind: row.kind, state: "gone", appliedAt: row.applied_at });
  return { current: files.every((file) => file.state === "applied"), files };
}

function appliedAt({ applied }: MigrationPlan, name: string): string | null {
  const row = applied.get(name);
  return row === undefined || row.hash === BEGUN ? null : row.applied_at;
}
