import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { loadProject } from "../load-project.ts";
import { renderReference } from "../reference/reference-pages.ts";
import type { CommandContext } from "./context.ts";

/** `vitrine docs [--check]`: the files that are generated from the project's sources. */
export function registerDocs(command: Command, context: CommandContext): void {
  command
    .option("--check", "write nothing; fail when they are not current")
    .action(async ({ check }: { check?: true }) => {
      const { projectFile } = context.config();
      const pages = await renderReference(await loadProject(projectFile));
      const stale: string[] = [];
      for (const [name, text] of pages) {
        const file = join(dirname(projectFile), name);
        if ((await readFile(file, "utf8").catch(() => "")) === text) continue;
        stale.push(name);
        if (check) continue;
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
      if (check && stale.length > 0)
        throw new VitrineError("GENERATED_STALE", `Not current: ${stale.join(", ")}. Run \`vitrine docs\`.`, {
          details: { files: stale },
        });
      context.print(
        stale.length === 0 ? `All ${pages.size} files are current.` : `Wrote ${stale.join(", ")}.`,
      );
      context.printJson({ files: stale });
    });
}
