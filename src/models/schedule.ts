import { Cron } from "croner";
import type { Domain } from "./project.ts";
import { findWorkProblem, type ScheduledWork } from "./scheduled-work.ts";

/** Work that is done again and again, at moments of the calendar. */
export interface Schedule {
  /** In the syntax of croner: minute, hour, day, month, day of the week, and seconds before them if you like. */
  readonly at: string;
  /** Of `at`, as `Europe/Vienna`. Default: UTC. */
  readonly timezone?: string;
  readonly run: ScheduledWork;
}

export type Schedules = Readonly<Record<string, Schedule>>;

/** The next moment of a schedule that is later than `after`; null: there is none any more. */
export const nextMoment = (
  { at, timezone = "UTC" }: Pick<Schedule, "at" | "timezone">,
  after: Date,
): Date | null => new Cron(at, { timezone, mode: "5-or-6-parts", paused: true }).nextRun(after);

/** Names rows and leases. */
const plainName = /^[a-z][a-z0-9_-]{0,39}$/;

/** What is wrong with the schedules of a project, each with the name of its schedule and the remedy. */
export function findScheduleProblems(schedules: Schedules, domains: readonly Domain[]): readonly string[] {
  return Object.entries(schedules).flatMap(([name, schedule]) =>
    [
      plainName.test(name) ? null : 'its name must be lower case, at most 40 characters: "nightly".',
      findTimingProblem(schedule),
      findWorkProblem(schedule.run, domains),
    ].flatMap((problem) => (problem === null ? [] : `Schedule ${name}: ${problem}`)),
  );
}

function findTimingProblem(schedule: Schedule): string | null {
  const said = `"${schedule.at}"${schedule.timezone === undefined ? "" : ` in ${schedule.timezone}`}`;
  const remedy = 'Write minute, hour, day, month and day of the week: "*/15 * * * *" is every 15 minutes.';
  try {
    // Of all time: a schedule of the past is no mistake, the 30th of February is.
    return nextMoment(schedule, new Date(0)) === null ? `${said} never comes. ${remedy}` : null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
    return `${said} cannot be parsed (${reason}). ${remedy}`;
  }
}
