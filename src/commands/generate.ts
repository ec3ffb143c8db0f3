import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { writeFiles } from "../imports/write-files.ts";
import { loadProject } from "../load-project.ts";
import { withoutResults } from "../progress.ts";
import type { CommandContext } from "./context.ts";
import { findDomain } from "./find-domain.ts";
import { endOption, scaleOption } from "./sample-options.ts";

interface Options {
  readonly scale: number;
  readonly seed: number;
  readonly out: string;
  readonly end?: string;
  readonly clean?: true;
}

/** `vitrine generate DOMAIN`: sample files of a domain, the same for the same seed. */
export function registerGenerate(command: Command, context: CommandContext): void {
  command
    .addOption(scaleOption("1 is the size seen in the field", 1))
    .option("--seed <number>", "equal seeds and ends give equal files", toSeed, 42)
    .addOption(endOption())
    .requiredOption("--out <folder>", "where the files go")
    .option("--clean", "leave the dirt out")
    .action(async (name: string, options: Options) => {
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

function toSeed(text: string): number {
  const seed = Number(text);
  if (text.trim() === "" || !Number.isInteger(seed) || seed < 0 || seed > 4_294_967_295)
    throw new InvalidArgumentError("It is a whole number from 0 to 4294967295.");
  return seed;
}
