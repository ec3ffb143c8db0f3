import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { runLive } from "../app/run-live.ts";
import { VitrineError } from "../errors.ts";
import { writeFiles } from "../imports/write-files.ts";
import { loadProject } from "../load-project.ts";
import { withoutResults } from "../progress.ts";
import type { CommandContext } from "./context.ts";
import { findDomain } from "./find-domain.ts";
import { endOption, scaleOption } from "./sample-options.ts";
import { withSource } from "./with-app.ts";

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
    .option("--seed <number>", "equal seeds and ends give equal files", toSeed, 42)
    .addOption(endOption())
    .option("--out <folder>", "where the files go")
    .option("--clean", "leave the dirt out")
    .option("--live", "go on in the database instead of writing files, until Ctrl-C")
    .option("--speed <number>", "with --live: how much faster than the clock; 1 goes on from now", toSpeed, 1)
    .option("--days <number>", "with --live: end after so many days of the sample's time", toSpeed)
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

/** `--live`: what happens is written to the tables as by anybody else, and told as it does not happen every hour. */
function goOn(name: string, { seed, speed, days }: Options, context: CommandContext): Promise<void> {
  return withSource(context, async ({ project, admin }) => {
    const { live } = findDomain(project, name, { needs: "live", ability: "go on by itself" });
    const counts: Record<string, number> = {};
    const { signal } = context;
    await runLive(admin, live, {
      ...{ seed, speed, days, signal },
      onEvent: ({ at, what, refused }) => {
        counts[what] = (counts[what] ?? 0) + 1;
        const end = refused === undefined ? "" : `, refused by ${refused}`;
        context.print(`${new Date(at).toISOString()} ${what}${end}`);
      },
    });
    context.printJson({ domain: name, events: counts });
  });
}

function toSpeed(text: string): number {
  const speed = Number(text);
  if (text.trim() === "" || !(speed > 0) || speed > 1_000_000)
    throw new InvalidArgumentError("It is a number above 0, at most 1000000.");
  return speed;
}

function toSeed(text: string): number {
  const seed = Number(text);
  if (text.trim() === "" || !Number.isInteger(seed) || seed < 0 || seed > 4_294_967_295)
    throw new InvalidArgumentError("It is a whole number from 0 to 4294967295.");
  return seed;
}
