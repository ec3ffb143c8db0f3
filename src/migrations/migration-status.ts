import { BEGUN } from "../core/migration-log.ts";
import { VitrineError } from "../errors.ts";
import type { NamedDomain } from "../models/list-names.ts";
import { type MariaDb, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
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

export interface StatusOptions {
  readonly admin: MariaDb;
  readonly sqlDir: string;
  readonly domains: readonly NamedDomain[];
}

/** Where every SQL file of the project stands in the current database. Changes nothing, waits for nobody. */
export async function migrationStatus(options: StatusOptions): Promise<MigrationStatus> {
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

/** 1044: no right on the database, which comes with the first run. */
const NO_RIGHTS_YET = 1044;

/**
 * Whether every file of the project was applied as it is now. Asks the log alone, so an account that only reads may ask:
 * what was changed by hand since is for `migrationStatus` to tell.
 * @throws VitrineError MIGRATIONS_PENDING when it was not
 */
export async function requireApplied(
  reader: MariaDb,
  { sqlDir, domains }: Pick<StatusOptions, "sqlDir" | "domains">,
): Promise<void> {
  const pending = async () => {
    const { files } = await migrationStatus({ admin: reader, sqlDir, domains });
    return files.some(({ state }) => state !== "applied" && state !== "drifted");
  };
  const isPending = await pending().catch((error: unknown) => {
    if (sqlErrorOf(error)?.errno === NO_RIGHTS_YET) return true;
    throw error;
  });
  if (isPending)
    throw new VitrineError(
      "MIGRATIONS_PENDING",
      "The database is older than the SQL files. Run `vitrine migrate up` first.",
    );
}
