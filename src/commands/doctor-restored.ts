import { mendRestored, type RestoredOptions } from "../app/mend-restored.ts";
import { openApp, type Source } from "../app/open-app.ts";
import { type MigrationStep, migrateUp } from "../migrations/migrate.ts";
import type { CommandContext } from "./context.ts";
import type { Finding } from "./examine.ts";
import { runMigration } from "./run-migration.ts";

/** What is printed in front of a finding. */
const words = { whole: "ok     ", mended: "mended ", gone: "LOST   ", problem: "PROBLEM" } as const;

/** What a restore lost, told line by line; the same as findings of a doctor. */
export async function doctorRestored(
  context: CommandContext,
  source: Source,
  options: Pick<RestoredOptions, "dryRun" | "isWhole">,
): Promise<readonly (Finding & { readonly state: keyof typeof words })[]> {
  const { admin, project } = source;
  const { sqlDir, domains } = project;
  const onWait = (message: string) => context.logger.warn(message);
  const migrate = (): Promise<readonly MigrationStep[]> =>
    runMigration(context, source, { name: "up", dryRun: false }, () =>
      migrateUp({ admin, sqlDir, domains, onWait }),
    );
  const openMirror = () => openApp(source.config, context);
  const found = await mendRestored(source, { ...options, openMirror, migrate });
  for (const { name, state, detail } of found) context.print(`${words[state]}  ${name}: ${detail}`);
  return found.map((finding) => ({ ...finding, ok: finding.state !== "problem" }));
}
