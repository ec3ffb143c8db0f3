import type { Domain } from "../models/project.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { type FileState, readMigrationPlan, stateOf } from "./migration-plan.ts";
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
  readonly domains: readonly Pick<Domain, "name">[];
}): Promise<MigrationStatus> {
  const plan = await readMigrationPlan(
    options.admin,
    options.sqlDir,
    options.domains.map((domain) => domain.name),
  );
  const files: FileStatus[] = plan.files.map((file) => ({
    name: file.name,
    kind: file.kind,
    state: stateOf(plan, file),
    appliedAt: plan.applied.get(file.name)?.applied_at ?? null,
  }));
  for (const row of plan.gone)
    files.push({ name: row.name, kind: row.kind, state: "gone", appliedAt: row.applied_at });
  return { current: files.every((file) => file.state === "applied"), files };
}
