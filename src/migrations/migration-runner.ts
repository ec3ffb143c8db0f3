import { logBegun } from "../core/migration-log.ts";
import { VitrineError } from "../errors.ts";
import { type MariaDb, type Queryable, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { type MigrationLease, withMigrationLease } from "./migration-lease.ts";
import { type ObjectKind, readRunnerTables } from "./sql-files.ts";
import { readRenaming, waitForFormerRunner } from "./upgrade-names.ts";

export interface RunnerOptions {
  /** A pool with `multipleStatements`, whose account may change the schema. */
  readonly admin: MariaDb;
  /** Report the steps with their SQL, change nothing. */
  readonly dryRun?: boolean;
  /** How long to wait for another runner. Default: 60 s. */
  readonly waitMs?: number;
  /** Called before each step. */
  readonly onStep?: (step: MigrationStep) => void;
  /** Called with a sentence when another runner has to be waited for. */
  readonly onWait?: (message: string) => void;
}

export interface MigrationStep {
  readonly action: "apply" | "drop" | "revert" | "rebuild" | "grant" | "rename";
  /**
   * Name of the file, relative to the folder of the SQL files; of a rebuild: the model; of a grant: the role; of a
   * renaming: the domain whose tables have other names now.
   */
  readonly name: string;
  readonly sql: string;
  /** Of a file that is applied. */
  readonly kind?: ObjectKind | "versioned";
}

/** Takes a step, then notes that it is taken. */
export type Execute = (step: MigrationStep, log: (db: Queryable) => Promise<void>) => Promise<void>;

/** Takes the lease (not in a dry run), hands `work` a way to execute steps, collects the steps. */
export async function withRunner(
  options: RunnerOptions,
  work: (db: Queryable, execute: Execute) => Promise<void>,
): Promise<readonly MigrationStep[]> {
  const steps: MigrationStep[] = [];
  const note = (step: MigrationStep) => {
    steps.push(step);
    options.onStep?.(step);
  };
  if (options.dryRun) {
    const renaming = await readRenaming(options.admin);
    if (renaming) note(renaming);
    await work(options.admin, async (step) => note(step));
    return steps;
  }
  await options.admin.query(await readRunnerTables());
  const { waitMs = 60_000, onWait } = options;
  await withMigrationLease(options.admin, { waitMs, ...(onWait ? { onWait } : {}) }, async (lease) => {
    const { connection } = lease;
    const execute: Execute = async (step, log) => {
      await lease.prolong();
      if (step.action !== "grant") note(step);
      if (step.kind) await logBegun(connection, { name: step.name, kind: step.kind });
      await runStep(lease, step);
      await log(connection);
    };
    await waitForFormerRunner(connection, waitMs);
    const renaming = await readRenaming(connection);
    if (renaming) await execute(renaming, async () => {});
    await work(connection, execute);
  });
  return steps;
}

/** The server parses the whole text: bodies of routines need no DELIMITER, and nothing is split here. */
async function runStep(lease: MigrationLease, step: MigrationStep): Promise<void> {
  try {
    await lease.connection.query(step.sql);
  } catch (error) {
    const sql = sqlErrorOf(error);
    if (sql === undefined || error instanceof VitrineError) throw error;
    throw new VitrineError("MIGRATION_FAILED", `${step.name}: ${sql.message}`, {
      cause: error,
      details: { file: step.name, errno: sql.errno },
    });
  }
}
