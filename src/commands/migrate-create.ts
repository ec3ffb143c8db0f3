import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { loadProject } from "../load-project.ts";
import { createMigration } from "../migrations/create-migration.ts";
import type { CommandContext } from "./context.ts";

/** `vitrine migrate create DOMAIN TITLE`: an empty file with the next number. */
export function registerMigrateCreate(migrate: Command, context: CommandContext): void {
  migrate
    .command("create <domain> <title...>")
    .description("write an empty versioned file with the next number, and its way back")
    .action(async (domain: string, title: readonly string[]) => {
      const { sqlDir, domains } = await loadProject(context.config().projectFile);
      if (!domains.some(({ name }) => name === domain))
        throw new VitrineError("USAGE", `There is no domain ${domain} in this project.`);
      const files = await createMigration(sqlDir, domain, title.join(" "));
      for (const file of files) context.print(`Wrote ${file}`);
      context.printJson({ files });
    });
}
