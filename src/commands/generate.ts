import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { writeFiles } from "../imports/write-files.ts";
import { loadProject } from "../load-project.ts";
import { withoutResults } from "../progress.ts";
import type { CommandContext } from "./context.ts";
import { findDomain } from "./find-domain.ts";
import { goOn } from "./go-on.ts";
import { endOption, scaleOption, seedOption, speedOption } from "./sample-options.ts";

interface Options {
  readonly scale: number;
  readonly seed: number;
  readonly out?: string;
  readonly live?: true;
  readonly speed: number;
  readonly days?: number;
  readonly end?: string;
  readonly clean?: true;
}

/** `vitrine generate DOMAIN`: sample files of a domain, the same for the same seed. */
export function registerGenerate(command: Command, context: CommandContext): void {
  command
    .addOption(scaleOption("1 is the size seen in the field", 1))
    .addOption(seedOption())
    .addOption(endOption())
    .option("--out <folder>", "where the files go")
    .option("--clean", "leave the dirt out")
    .option("--live", "go on in the database instead of writing files, until Ctrl-C")
    .addOption(
      speedOption(
        "--speed <number>",
        "with --live: how much faster than the clock; 1 goes on from now",
      ).default(1),
    )
    .addOption(speedOption("--days <number>", "with --live: end after so many days of the sample's time"))
    .action(async (name: string, options: Options) => {
      if (options.live) return goOn(name, options, context);
      if (options.out === undefined)
        throw new VitrineError("USAGE", "Say where the files go: --out <folder>, or --live.");
      const project = await loadProject(context.config().projectFile);
      const domain = findDomain(project, name, { needs: "generate", ability: "generate sample files" });
      const files = domain.generate({
        scale: options.scale,
        seed: options.seed,
        clean: options.clean ?? false,
        ...(options.end === undefined ? {} : { end: options.end }),
      });
      const written = await writeFiles(files, options.out, withoutResults(context.progress), context.signal);
      for (const { file, lines, bytes } of written)
        context.print(
          `${file.padEnd(16)} ${lines.toLocaleString("en")} lines, ${bytes.toLocaleString("en")} bytes`,
        );
      context.printJson({ out: options.out, files: written });
    });
}
