import { dirname } from "node:path";
import type { Command } from "commander";
import { loadProject } from "../load-project.ts";
import { renderReference } from "../reference/reference-pages.ts";
import type { CommandContext } from "./context.ts";
import { writeGenerated } from "./write-generated.ts";

/** `vitrine docs [--check]`: the files that are generated from the project's sources. */
export function registerDocs(command: Command, context: CommandContext): void {
  command
    .option("--check", "write nothing; fail when they are not current")
    .action(async ({ check }: { check?: true }) => {
      const { projectFile } = context.config();
      const pages = await renderReference(await loadProject(projectFile));
      await writeGenerated(context, dirname(projectFile), pages, { check, remedy: "Run `vitrine docs`." });
    });
}
