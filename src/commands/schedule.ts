import type { Command } from "commander";
import { keepSchedules } from "../app/keep-schedules.ts";
import { openSource } from "../app/open-app.ts";
import { readStates } from "../core/schedules.ts";
import { requireApplied } from "../migrations/migration-status.ts";
import { nextMoment, type Schedules } from "../models/schedule.ts";
import { toArguments } from "../models/scheduled-work.ts";
import type { CommandContext } from "./context.ts";
import { runVerbsLike } from "./verb-runner.ts";
import { withSource } from "./with-app.ts";

/** `vitrine schedule`: runs what the project schedules, and raises alerts, until Ctrl-C. */
export function registerSchedule(command: Command, context: CommandContext): void {
  command
    .option("--list", "tell the schedules, when each is due next, and how it ended last; run nothing")
    .action(({ list }: { list?: true }) => (list ? listSchedules(context) : keep(context)));
}

async function keep(context: CommandContext): Promise<void> {
  context.outliveOutput();
  const { logger, progress, signal } = context;
  const app = await openSource(context.config(), { logger, progress, signal, restart: true });
  try {
    await requireApplied(app.reader, app.project);
    const names = Object.keys(app.project.schedules ?? {});
    context.print(names.length === 0 ? "The project schedules nothing: alerts only." : names.join(", "));
    context.printJson({ schedules: names });
    await keepSchedules(app, runVerbsLike(context), signal);
  } finally {
    await app.close();
  }
}

function listSchedules(context: CommandContext): Promise<void> {
  return withSource(context, async ({ project, reader }) => {
    const schedules: Schedules = project.schedules ?? {};
    const states = new Map(
      (await readStates(reader, Object.keys(schedules))).map((state) => [state.schedule, state]),
    );
    const rows = Object.entries(schedules).map(([name, schedule]) => {
      const state = states.get(name);
      const due = nextMoment(schedule, state?.handledAt ?? new Date());
      return {
        name,
        at: schedule.at,
        timezone: schedule.timezone ?? "UTC",
        command: ["vitrine", ...toArguments(schedule.run)].join(" "),
        dueAt: due?.toISOString() ?? null,
        succeededAt: state?.succeededAt?.toISOString() ?? null,
        exitCode: state?.exitCode ?? null,
      };
    });
    for (const { name, at, timezone, command, dueAt, succeededAt, exitCode } of rows)
      context.print(
        `${name}  ${at} (${timezone})  ${command}\n  due ${dueAt ?? "never"}, last success ${succeededAt ?? "never"}${exitCode === null ? "" : `, exit code ${exitCode}`}`,
      );
    if (rows.length === 0) context.print("The project schedules nothing.");
    context.printJson(rows);
  });
}
