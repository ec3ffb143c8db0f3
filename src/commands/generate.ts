import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { VitrineError } from "../errors.ts";
import { writeFiles } from "../imports/write-files.ts";
import { loadProject } from "../load-project.ts";
import { withoutResults } from "../progress.ts";
import type { CommandContext } from "./context.ts";

interface Options {
  readonly scale: number;
  readonly seed: number;
  readonly out: string;
  readonly clean?: true;
}

/** `vitrine generate DOMAIN`: sample files of a domain, the same for the same seed. */
export function registerGenerate(command: Command, context: CommandContext): void {
  command
    .option("--scale <number>", "1 is the size seen in the field", toScale, 1)
    .option("--seed <number>", "equal seeds give equal files", toSeed, 42)
    .requiredOption("--out <folder>", "where the files go")
    .option("--clean", "leave the dirt out")
    .action(async (name: string, options: Options) => {
      const project = await loadProject(context.config().projectFile);
      const domain = project.domains.find((candidate) => candidate.name === name);
      if (!domain?.generate)
        throw new VitrineError("USAGE", `There is no domain ${name} that can generate sample files.`);
      const files = domain.generate({
        scale: options.scale,
        seed: options.seed,
        clean: options.clean ?? false,
      });
      const written = await writeFiles(files, options.out, withoutResults(context.progress), context.signal);
      for (const { file, lines, bytes } of written)
        context.print(
          `${file.padEnd(16)} ${lines.toLocaleString("en")} lines, ${bytes.toLocaleString("en")} bytes`,
        );
      context.printJson({ out: options.out, files: written });
    });
}

function toScale(text: string): number {
  const scale = Number(text);
  if (text.trim() === "" || !(scale > 0 && scale <= 1000))
    throw new InvalidArgumentError("It is a number above 0, at most 1000.");
  return scale;
}

function toSeed(text: string): number {
  const seed = Number(text);
  if (text.trim() === "" || !Number.isInteger(seed) || seed < 0 || seed > 4_294_967_295)
    throw new InvalidArgumentError("It is a whole number from 0 to 4294967295.");
  return seed;
}
