import { type Command, InvalidArgumentError } from "commander";
import type { Source } from "../app/open-app.ts";
import { findModelProblems } from "../migrations/check-models.ts";
import { type MigrationStep, migrateDown, migrateUp } from "../migrations/migrate.ts";
import type { CommandContext } from "./context.ts";
import { registerMigrateCreate } from "./migrate-create.ts";
import { registerMigrateStatus } from "./migrate-status.ts";
import { reportMigration, toSql } from "./report-migration.ts";
import { runMigration } from "./run-migration.ts";
import { withSource } from "./with-app.ts";

/** `vitrine migrate up|down|status|create`: the database follows the SQL files. */
export function registerMigrate(migrate: Command, context: CommandContext): void {
  const toOptions = ({ project, admin }: Source, dryRun: boolean) => ({
    admin,
    sqlDir: project.sqlDir,
    domains: project.domains,
    dryRun,
    onStep: (step: MigrationStep) => context.print(dryRun ? toSql(step) : `${step.action} ${step.name}`),
    onRemark: (message: string) => context.print(message),
    onWait: (message: string) => context.logger.warn(message),
  });
  migrate
    .command("up")
    .description("apply what is new or changed: tables, views, procedures, triggers, rights")
    .option("--dry-run", "print the SQL that would run, change nothing")
    .action(({ dryRun = false }: { dryRun?: boolean }) =>
      withSource(context, async (target) => {
        const run = { name: "up", dryRun } as const;
        const steps = await runMigration(context, target, run, () => migrateUp(toOptions(target, dryRun)));
        const problems = dryRun ? [] : await findModelProblems(target.admin, target.project);
        reportMigration(context, steps, dryRun, problems);
      }),
    );
  migrate
    .command("down")
    .description("revert the newest versioned files by their .down.sql")
    .option("--steps <number>", "how many", toSteps, 1)
    .option("--dry-run", "print the SQL that would run, change nothing")
    .action(({ steps, dryRun = false }: { steps: number; dryRun?: boolean }) =>
      withSource(context, async (target) =>
        reportMigration(
          context,
          await runMigration(context, target, { name: "down", dryRun }, () =>
            migrateDown({ ...toOptions(target, dryRun), steps }),
          ),
          dryRun,
        ),
      ),
    );
  registerMigrateStatus(migrate, context);
  registerMigrateCreate(migrate, context);
}

function toSteps(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It is a whole number from 1.");
  return Number(text);
}
