import { MigrationError, type RunnableMigration, Umzug } from "umzug";
import { noteFingerprint } from "../core/capture-notes.ts";
import { type AppliedFile, forgetApplied, logApplied, readFormerLog } from "../core/migration-log.ts";
import { distrustMirrorOf } from "../core/rebuild.ts";
import { isLogged } from "../core/runner-tables.ts";
import { VitrineError } from "../errors.ts";
import type { NamedDomain } from "../models/list-names.ts";
import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { judgeAnalystViews } from "./analyst-views.ts";
import { createCapture } from "./capture-steps.ts";
import { readTriggerFingerprint } from "./check-capture-triggers.ts";
import { refuseUnfitServer } from "./check-server.ts";
import { refuseForeignObjects } from "./foreign-objects.ts";
import { checkHistory, type MigrationPlan, objectOf, readMigrationPlan, stateOf } from "./migration-plan.ts";
import { type Execute, type MigrationStep, type RunnerOptions, withRunner } from "./migration-runner.ts";
import { isCaptureAsNoted, readCaptureTriggers, wasCaptureLost } from "./noted-capture.ts";
import { findOutdatedModels } from "./outdated-models.ts";
import { isGenerated } from "./read-captured.ts";
import { describeUngranted, readOwnRoles, readRoleGrants, refuseForeignRoles } from "./role-grants.ts";
import { logFingerprints, objectId } from "./server-objects.ts";
import { isRoutineMissing } from "./sources.ts";
import { refuseIdleTouched } from "./touched-files.ts";
import { listTriggeredTables } from "./triggered-tables.ts";

export type { MigrationStep } from "./migration-runner.ts";

export interface MigrateOptions extends RunnerOptions {
  /** Folder with `migrations/`, `views/`, `procedures/`, `triggers/`, in each a folder per domain. */
  readonly sqlDir: string;
  /** In the order in which they build on each other. The engine's own `core` always comes first. */
  readonly domains: readonly NamedDomain[];
  /** `tables`: versioned files only; `views`: views and functions too, but none that is generated. Default: all. */
  readonly scope?: "tables" | "views" | "all";
}

/**
 * Brings the database to what the SQL files say: versioned files not applied yet, then every view, routine
 * and trigger that is new, changed, built on something changed, or altered in the server; drops those whose
 * file has gone; asks for a rebuild of the models whose documents say something else now; grants the roles their rights. Can be run again after a crash at any point.
 * @returns the steps taken, without the grants; empty when nothing was to be done. In a dry run: the steps,
 *   grants too, that would be taken.
 * @throws VitrineError MIGRATION_FAILED naming the file and the server's message, or, before anything is changed, the
 *   objects of others that stand in the way; MIGRATION_LOCKED.
 */
export async function migrateUp(options: MigrateOptions): Promise<readonly MigrationStep[]> {
  // Before the runner's own tables are made.
  if (!options.dryRun && !(await isLogged(options.admin))) await readSafePlan(options.admin, options);
  return withRunner(options, async (db, execute) => {
    const plan = await readSafePlan(db, options);
    const captureBefore = (await isCaptureAsNoted(db)) ? await readCaptureTriggers(db) : undefined;
    const lookAtSources = createSourceWatch(db, options, execute);
    // What was done by hand before this run put it right.
    await lookAtSources();
    const { scope = "all" } = options;
    const fresh = new Set<string>();
    const apply = async (files: MigrationPlan["files"]) => {
      const umzug = createUmzug(
        plan,
        files.map((file) => ({
          name: toUmzugName(file),
          up: async () => {
            const isCaptureLost = wasCaptureLost(plan, file);
            if (isCaptureLost && !options.dryRun) await distrustMirrorOf(db, null);
            await execute(
              { action: "apply", name: file.name, sql: file.text, kind: file.kind },
              async (to) => {
                // Again: a rebuild that began meanwhile may have read before the trigger was back.
                if (isCaptureLost) await distrustMirrorOf(to, null);
                await logApplied(to, file);
              },
            );
            // At once: what follows may take long, and nobody is to read what the tables do not say any more.
            if (file.kind === "versioned") await lookAtSources({ tablesOnly: true });
          },
        })),
      );
      for (const { name } of await umzug.pending()) fresh.add(name);
      await umzug.up().catch(async (error: unknown) => {
        // What was done before the fault stays done.
        await lookAtSources().catch(() => {});
        unwrap(error);
      });
    };
    const files = plan.files.filter((file) => isInScope(file, scope));
    await apply(files.filter((file) => file.kind === "versioned"));
    const capture = createCapture(db, options, execute);
    if (scope === "all") await capture.prepare();
    await apply(files.filter((file) => file.kind !== "versioned" && file.kind !== "trigger"));
    if (scope !== "all") return;
    await capture.note();
    await apply(files.filter((file) => file.kind === "trigger"));
    // Granted every time, for roles may have been made anew; told in a dry run only, for it changes nothing. Before
    // anything is dropped: a role is known to be ours by what it may call.
    const offered = options.domains.flatMap(({ procedures = [] }) => procedures.map(({ name }) => name));
    const { shown: analystViews } = await judgeAnalystViews(db, options.domains);
    for (const grant of await readRoleGrants(db, { offered, analystViews }))
      await execute({ action: "grant", ...grant }, async () => {});
    const ungranted = await describeUngranted(db);
    if (ungranted !== null) options.onRemark?.(ungranted);
    for (const row of plan.gone) await dropGone(plan, row, execute);
    await capture.settle();
    // Before the fingerprints: a run that does not come so far leaves none, and the next one looks at the same files.
    await lookAtSources();
    if (!options.dryRun) {
      const repeatable = plan.files.flatMap((file) => (file.kind === "versioned" ? [] : [file]));
      await logFingerprints(
        db,
        repeatable.filter((file) => fresh.has(toUmzugName(file))),
      );
    }
    // A trigger is replaced in one step, so nothing was missed: loaders need not rebuild for it. One that is new
    // has missed what was written before it, and one that went with its table is for the next look to tell.
    if (!options.dryRun && captureBefore !== undefined && captureBefore === (await readCaptureTriggers(db)))
      await noteFingerprint(db, await readTriggerFingerprint(db));
  });
}

function isInScope(file: MigrationPlan["files"][number], scope: "tables" | "views" | "all"): boolean {
  if (scope === "all" || file.kind === "versioned") return true;
  // Touched views read change tables, which are made for capture triggers only.
  const isRead = (file.kind === "view" && !file.name.startsWith("touched/")) || file.kind === "function";
  return scope === "views" && isRead && !isGenerated(file.text);
}

/**
 * Reverts the newest versioned files, the last domain's first, by their `.down.sql`.
 * @param options.steps how many; default 1.
 * @throws VitrineError MIGRATION_FAILED when a file has no `.down.sql`; nothing of it is reverted then.
 *   MIGRATIONS_PENDING when the engine's tables still have the names of an earlier release.
 */
export async function migrateDown(
  options: MigrateOptions & { readonly steps?: number },
): Promise<readonly MigrationStep[]> {
  if ((await readFormerLog(options.admin)).length > 0)
    throw new VitrineError(
      "MIGRATIONS_PENDING",
      "The database is of an earlier release. Run `vitrine migrate up` first.",
    );
  if (!(await isLogged(options.admin))) return [];
  return withRunner(options, async (db, execute) => {
    const plan = await readPlan(db, options);
    checkHistory(plan);
    const versioned = plan.files.flatMap((file) => (file.kind === "versioned" ? [file] : []));
    const lookAtSources = createSourceWatch(db, options, execute);
    const umzug = createUmzug(
      plan,
      versioned.map(({ name, down }) => ({
        name,
        up: async () => {},
        down: async () => {
          if (down === undefined)
            throw new VitrineError(
              "MIGRATION_FAILED",
              `${name} cannot be reverted: there is no ${name.replace(/\.sql$/, ".down.sql")}.`,
              { details: { file: name } },
            );
          await execute({ action: "revert", name, sql: down }, (to) => forgetApplied(to, name));
          await lookAtSources({ tablesOnly: true });
        },
      })),
    );
    await umzug.down({ step: options.steps ?? 1 }).catch(async (error: unknown) => {
      await lookAtSources({ tablesOnly: true }).catch(() => {});
      unwrap(error);
    });
  });
}

/** Has the models rebuilt that read something which says something else than when it was looked at before. */
function createSourceWatch(db: Queryable, options: MigrateOptions, execute: Execute) {
  const models = options.domains.flatMap((domain) => domain.models ?? []);
  const told = new Set<string>();
  return async ({ tablesOnly = false } = {}): Promise<void> => {
    if (options.dryRun) return;
    try {
      const look = await findOutdatedModels(db, { models, tablesOnly });
      for (const name of look?.models ?? [])
        if (told.has(name)) await distrustMirrorOf(db, [name]);
        else await execute({ action: "rebuild", name, sql: "do 0" }, (to) => distrustMirrorOf(to, [name]));
      for (const name of look?.models ?? []) told.add(name);
      await look?.note(db);
    } catch (error) {
      // Not there yet, or not in the dump that this database is restored from: it comes with this run.
      if (!isRoutineMissing(error)) throw error;
    }
  };
}

/** Files under their names; objects under `name@hash`, so that another text is another migration. */
const toUmzugName = (file: {
  readonly name: string;
  readonly kind: string;
  readonly hash: string;
}): string => (file.kind === "versioned" ? file.name : `${file.name}@${file.hash}`);

/** umzug decides what is pending and in which order; the steps write the log themselves. */
function createUmzug(plan: MigrationPlan, migrations: RunnableMigration<object>[]): Umzug<object> {
  const executed = plan.files.filter((file) => stateOf(plan, file) === "applied").map(toUmzugName);
  return new Umzug<object>({
    migrations,
    logger: undefined,
    storage: { executed: async () => executed, logMigration: async () => {}, unlogMigration: async () => {} },
  });
}

/** @throws VitrineError MIGRATION_FAILED when what is applied, what others made, or a file of no use stands in the way */
async function readSafePlan(db: Queryable, options: MigrateOptions): Promise<MigrationPlan> {
  if ((options.scope ?? "all") === "all") await refuseIdleTouched(options.sqlDir, options.domains);
  const plan = await readPlan(db, options);
  checkHistory(plan);
  refuseForeignObjects(plan);
  await refuseForeignRoles(db);
  const textBytes = Math.max(0, ...plan.files.map(({ text }) => Buffer.byteLength(text)));
  const tables = listTriggeredTables(plan.files);
  await refuseUnfitServer(db, { textBytes, roles: await readOwnRoles(db), tables });
  return plan;
}

const readPlan = (db: Queryable, { sqlDir, domains }: MigrateOptions): Promise<MigrationPlan> =>
  readMigrationPlan(db, sqlDir, domains);

async function dropGone(plan: MigrationPlan, row: AppliedFile, execute: Execute): Promise<void> {
  // checkHistory has refused versioned files that are gone.
  if (row.kind === "versioned") return;
  const { kind } = row;
  const object = objectOf(row.name);
  const moved = plan.files.some((file) => file.kind === kind && objectOf(file.name) === object);
  const replaced = plan.files.some((file) => file.name === row.name);
  const forget = replaced ? async () => {} : (db: Queryable) => forgetApplied(db, row.name);
  // A table may have taken the name of a dropped view: then there is nothing to drop.
  const there = plan.server.has(objectId(kind, object)) && !moved;
  const sql = there ? `drop ${kind} if exists ${quoteName(object)}` : "do 0";
  await execute({ action: "drop", name: row.name, sql }, forget);
}

/** umzug wraps what a migration throws; ours says all there is to say. */
function unwrap(error: unknown): never {
  throw error instanceof MigrationError && error.cause instanceof Error ? error.cause : error;
}
