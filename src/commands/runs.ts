import { type Command, InvalidArgumentError, Option } from "commander";
import { type Run, type RunOutcome, readRuns, runOutcomes } from "../core/read-runs.ts";
import { type RunKind, runKinds } from "../core/runs.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

interface Options {
  readonly kind?: RunKind;
  readonly name?: string;
  readonly outcome?: RunOutcome;
  readonly first: number;
}

/** `vitrine runs`: what was run, when, and how it ended. */
export function registerRuns(command: Command, context: CommandContext): void {
  command
    .addOption(new Option("--kind <kind>", "only runs of this kind").choices(runKinds))
    .option("--name <name>", "only runs of this: a domain and import, a destination, models")
    .addOption(new Option("--outcome <outcome>", "only runs that stand so").choices(runOutcomes))
    .option("--first <number>", "the newest so many", toCount, 20)
    .action((options: Options) =>
      withSource(context, async ({ reader }) => {
        const runs = await readRuns(reader, options);
        for (const run of runs) context.print(describeRun(run));
        if (runs.length === 0) context.print("There is no such run.");
        context.printJson(runs);
      }),
    );
}

function describeRun({ startedAt, endedAt, kind, name, outcome, rows, node, errorCode, error }: Run): string {
  const seconds =
    endedAt === null ? "" : ` in ${((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`;
  const done = rows === null ? "" : `, ${rows.toLocaleString("en")} rows`;
  const why = error === null ? "" : `\n  ${error.replaceAll("\n", "\n  ")} [${errorCode}]`;
  return `${startedAt}  ${kind} ${name}: ${outcome}${seconds}${done} (${node})${why}`;
}

function toCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It is a whole number from 1 to 9999.");
  return Number(text);
}
