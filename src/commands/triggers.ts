import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { compareGeneratedFiles, writeGeneratedFiles } from "../migrations/generated-files.ts";
import type { CommandContext } from "./context.ts";
import { withAdmin } from "./with-admin.ts";

/** `vitrine triggers generate|check`: the capture triggers, from the declared tables. */
export function registerTriggers(triggers: Command, context: CommandContext): void {
  const compare = () =>
    withAdmin(context, async ({ project, adminUrl }) => ({
      sqlDir: project.sqlDir,
      changes: await compareGeneratedFiles(adminUrl, project.sqlDir, project),
    }));

  triggers
    .command("generate")
    .description("write the files that are missing or stale, remove those of tables no longer captured")
    .action(async () => {
      const { sqlDir, changes } = await compare();
      await writeGeneratedFiles(sqlDir, changes);
      for (const { file, text } of changes)
        context.print(`${text === undefined ? "Removed" : "Wrote"} ${file}`);
      if (changes.length === 0) context.print("Every file is current.");
      context.printJson({ files: changes.map(({ file }) => file) });
    });
  triggers
    .command("check")
    .description("say which files are not what the tables and the declaration give")
    .action(async () => {
      const files = (await compare()).changes.map(({ file }) => file);
      context.printJson({ files });
      if (files.length > 0)
        throw new VitrineError(
          "GENERATED_STALE",
          `Not current: ${files.join(", ")}. Run \`vitrine triggers generate\`.`,
          { details: { files } },
        );
      context.print("Every file is current.");
    });
}
