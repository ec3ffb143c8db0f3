import type { Command } from "commander";
import { renderClientFiles } from "../graphql/client-files.ts";
import { createSchema } from "../graphql/schema.ts";
import { loadProject } from "../load-project.ts";
import type { CommandContext } from "./context.ts";
import { writeGenerated } from "./write-generated.ts";

/** `vitrine client --out DIR [--check]`: what a front end needs to read the project's schema; no server is asked. */
export function registerClient(command: Command, context: CommandContext): void {
  command
    .requiredOption("--out <dir>", "where the files go; those of these names that are there are replaced")
    .option("--check", "write nothing; fail when they are not current")
    .action(async ({ out, check }: { out: string; check?: true }) => {
      const project = await loadProject(context.config().projectFile);
      const files = renderClientFiles(createSchema(project));
      await writeGenerated(context, out, files, { check, remedy: `Run \`vitrine client --out ${out}\`.` });
    });
}
