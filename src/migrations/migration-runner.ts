import { logBegun } from "../core/migration-log.ts";
import { VitrineError } from "../errors.ts";
import { type MariaDb, type Queryable, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { runBriefly } from "./brief-locks.ts";
import { type MigrationLease, withMigrationLease } from "./migration-lease.ts";
import { type ObjectKind, readRunnerTables } from "./sql-files.ts";
import { readRenaming, waitForFormerRunner } from "./upgrade-names.ts";

export interface RunnerOptions {
  /** A pool with `multipleStatements`, whose account may change the schema. */
  readonly admin: MariaDb;
  /** Report the steps with their SQL, change nothing. */
  readonly dryRun?: boolean;
  /** How long to wait for another runner, and for a table that somebody's transaction holds. Default: 60 s. */
  readonly waitMs?: number;
  /** Called before each step. */
  readonly onStep?: (step: MigrationStep) => void;
  /** Called with a sentence when another runner has to be waited for. */
  readonly onWait?: (message: string) => void;
  /** Called with a sentence about what was left undone, and how it is done. */
  readonly onRemark?: (message: string) => void;
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
      await runStep(lease, step, waitMs);
      await log(connection);
    };
    await waitForFormerRunner(connection, waitMs);
    const renaming = await readRenaming(connection);
    if (renaming) await execute(renaming, async () => {});
    await work(connection, execute);
  });
  return steps;
}

/** What to do about what the server says of a view or a routine, by its number. */
const remedies: ReadonlyMap<number, string> = new Map([
  [1054, "Correct the name, or add the column by a migration."],
  [1116, "Join fewer, or put some of them into a view that is grouped."],
  [1146, "Make the table by a migration, or the view by a file, or correct the name."],
  [1305, "Make the routine by a file, or correct the name."],
  [1351, "Take the variable out: what a view shows depends on rows alone."],
  [1352, "Make it a table, by a migration: a temporary one is gone with its session."],
]);

/** Views, routines and triggers; a migration that alters a table may be half done, and waits as long as it must. */
const isRepeatable = ({ action, kind }: MigrationStep): boolean =>
  action === "drop" || (action === "apply" && kind !== undefined && kind !== "versioned");

/** The server parses the whole text: bodies of routines need no DELIMITER, and nothing is split here. */
async function runStep(lease: MigrationLease, step: MigrationStep, waitMs: number): Promise<void> {
  try {
    if (isRepeatable(step)) await runBriefly(lease.connection, step, waitMs);
    else await lease.connection.query(step.sql);
  } catch (error) {
    const sql = sqlErrorOf(error);
    if (sql === undefined || error instanceof VitrineError) throw error;
    const remedy = remedies.get(sql.errno);
    const message = remedy === undefined ? sql.message : `${sql.message.replace(/\.$/, "")}. ${remedy}`;
    throw new VitrineError("MIGRATION_FAILED", `${step.name}: ${message}`, {
      cause: error,
      details: { file: step.name, errno: sql.errno },
    });
  }
}
