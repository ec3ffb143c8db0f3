import type { ModelProblem } from "../migrations/check-models.ts";
import type { MigrationStep } from "../migrations/migrate.ts";
import type { CommandContext } from "./context.ts";

/** Says what a migration did, and what it leaves undone. */
export function reportMigration(
  context: Pick<CommandContext, "print" | "printJson">,
  steps: readonly MigrationStep[],
  dryRun: boolean,
  problems: readonly ModelProblem[] = [],
): void {
  if (steps.length === 0) context.print("Nothing to do.");
  for (const { message } of problems) context.print(`PROBLEM  ${message}`);
  context.printJson({
    dryRun,
    steps: dryRun ? steps : steps.map(({ action, name }) => ({ action, name })),
    problems,
  });
}

/** The SQL of a step under its name, for people. */
export const toSql = (step: MigrationStep): string =>
  `-- ${step.action} ${step.name}\n${step.sql.trimEnd()}\n`;
