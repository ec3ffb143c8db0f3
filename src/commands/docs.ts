import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { printProjectSchema } from "../graphql/print-schema.ts";
import { loadProject } from "../load-project.ts";
import type { CommandContext } from "./context.ts";

/** `vitrine docs [--check]`: the files that are generated from the project's definitions. */
export function registerDocs(program: Command, context: CommandContext): void {
  program
    .command("docs")
    .description("write schema.graphql, the public API, from the models")
    .option("--check", "write nothing; fail when it is not current")
    .action(async ({ check }: { check?: true }) => {
      const { projectFile } = context.config();
      const file = join(dirname(projectFile), "schema.graphql");
      const text = printProjectSchema(await loadProject(projectFile));
      const isCurrent = (await readFile(file, "utf8").catch(() => "")) === text;
      if (check && !isCurrent)
        throw new VitrineError("GENERATED_STALE", `${file} is not current. Run \`vitrine docs\`.`, {
          details: { files: [file] },
        });
      if (!isCurrent) await writeFile(file, text);
      context.print(isCurrent ? `${file} is current.` : `Wrote ${file}.`);
      context.printJson({ files: isCurrent ? [] : [file] });
    });
}
