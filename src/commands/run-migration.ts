import type { Source } from "../app/open-app.ts";
import type { MigrationStep } from "../migrations/migrate.ts";
import type { CommandContext } from "./context.ts";
import { withRun } from "./with-run.ts";

/** Migrates as a run of the run log; a dry run, which changes nothing, is none. */
export function runMigration(
  context: Pick<CommandContext, "signal" | "logger">,
  source: Source,
  { name, dryRun }: { readonly name: "up" | "down"; readonly dryRun: boolean },
  work: () => Promise<readonly MigrationStep[]>,
): Promise<readonly MigrationStep[]> {
  if (dryRun) return work();
  return withRun(context, source, { kind: "migrate", name }, async (run) => {
    const steps = await work();
    run.rows(steps.length);
    return steps;
  });
}
