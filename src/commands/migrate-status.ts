import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { migrationStatus } from "../migrations/migration-status.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

/** `vitrine migrate status`: where every SQL file stands. */
export function registerMigrateStatus(migrate: Command, context: CommandContext): void {
  migrate
    .command("status")
    .description("say of every SQL file whether it is applied")
    .action(() =>
      withSource(context, async ({ admin, project }) => {
        const status = await migrationStatus({ admin, sqlDir: project.sqlDir, domains: project.domains });
        for (const file of status.files)
          context.print(`${file.state.padEnd(8)} ${file.name}${file.appliedAt ? `  ${file.appliedAt}` : ""}`);
        context.printJson(status);
        if (!status.current)
          throw new VitrineError(
            "MIGRATIONS_PENDING",
            "Not everything is applied: run `vitrine migrate up`.",
          );
      }),
    );
}
