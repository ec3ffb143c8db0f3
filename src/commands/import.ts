import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { importFiles } from "../imports/import-files.ts";
import type { CommandContext } from "./context.ts";
import { describeImport } from "./describe-import.ts";
import { findDomain } from "./find-domain.ts";
import { withSource } from "./with-app.ts";
import { warnOfMissed } from "./with-run.ts";

/** `vitrine import DOMAIN [IMPORT] FOLDER`: files of a domain, in one transaction, with a list of what was refused. */
export function registerImport(command: Command, context: CommandContext): void {
  command
    .addHelpText("after", "\nOf a domain with several imports: vitrine import <domain> <import> <folder>.")
    .option("--strict", "import nothing when a line is refused")
    .option("--full", "the files are whole: delete the rows that they lack, where the import can tell")
    .option(
      "--allow-deletes [percent]",
      "delete whatever the files lack, or up to this share of it (default: 10 %, and always below 100 lines)",
      readPercent,
    )
    .action(
      (of: string, first: string, second: string | undefined, { strict, full, allowDeletes }: Options) =>
        withSource(context, async ({ project, admin }) => {
          const domain = findDomain(project, of, { needs: "imports", ability: "import files" });
          const [name, dir] = second === undefined ? [undefined, first] : [first, second];
          const { progress, signal } = context;
          const summary = await importFiles({
            admin,
            domain,
            name,
            dir,
            progress,
            signal,
            strict,
            full,
            allowDeletes,
            onMissed: warnOfMissed(context, { kind: "import", name: of }),
          });
          for (const line of describeImport(summary)) context.print(line);
          context.printJson(summary);
        }),
    );
}

interface Options {
  readonly strict?: true;
  readonly full?: true;
  readonly allowDeletes?: true | number; // True without a number.
}

function readPercent(text: string): number {
  const percent = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || percent > 100)
    throw new VitrineError(
      "USAGE",
      `--allow-deletes takes a number up to 100, or nothing behind it: "${text}".`,
    );
  return percent;
}
