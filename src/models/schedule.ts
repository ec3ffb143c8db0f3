import { Cron } from "croner";
import type { Domain } from "./project.ts";

/** What a schedule runs: a verb of the command line with what it is told. Paths are as for a command started in the same folder. */
export type ScheduledWork =
  | {
      readonly verb: "export";
      /** Default: all. */
      readonly models?: readonly string[];
      /** The destination that keeps the files of all runs: each adds what has changed. */
      readonly to: string;
    }
  | {
      readonly verb: "export";
      /** Default: all. */
      readonly models?: readonly string[];
      /** The folder for files of all documents as they are now. */
      readonly out: string;
      readonly format?: string;
      readonly gzip?: boolean;
      readonly source?: "live" | "mirror";
    }
  | {
      readonly verb: "import";
      readonly domain: string;
      /** Which of the domain's imports. Default: its only one. */
      readonly name?: string;
      /** The folder with its files. */
      readonly from: string;
      readonly strict?: boolean;
      /** Delete whatever the files lack, or up to this percentage of it. */
      readonly allowDeletes?: true | number;
    }
  | {
      readonly verb: "verify";
      readonly models?: readonly string[];
      readonly deep?: boolean;
      readonly repair?: boolean;
    }
  | { readonly verb: "rebuild"; readonly models?: readonly string[] };

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

/** The command line of scheduled work, without `vitrine`. */
export function toArguments(work: ScheduledWork): readonly string[] {
  switch (work.verb) {
    case "export":
      if ("to" in work) return ["export", ...(work.models ?? []), "--incremental", "--to", work.to];
      return [
        ...["export", ...(work.models ?? []), "--out", work.out],
        ...(work.format === undefined ? [] : ["--format", work.format]),
        ...(work.gzip ? ["--gzip"] : []),
        ...(work.source === undefined ? [] : ["--source", work.source]),
      ];
    case "import":
      return [
        ...["import", work.domain, ...(work.name === undefined ? [] : [work.name]), work.from],
        ...(work.strict ? ["--strict"] : []),
        ...(work.allowDeletes === undefined ? [] : ["--allow-deletes"]),
        ...(typeof work.allowDeletes === "number" ? [String(work.allowDeletes)] : []),
      ];
    case "verify":
      return [
        ...["verify", ...(work.models ?? [])],
        ...(work.deep ? ["--deep"] : []),
        ...(work.repair ? ["--repair"] : []),
      ];
    case "rebuild":
      return ["rebuild", ...(work.models ?? [])];
  }
}

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

function findWorkProblem(work: ScheduledWork, domains: readonly Domain[]): string | null {
  if (toFreeTexts(work).some((text) => text === "" || text.startsWith("-")))
    return 'a path must not be empty or begin with a dash: write "./files".';
  if (work.verb === "import") {
    const domain = domains.find(({ name }) => name === work.domain);
    const imports = Object.keys(domain?.imports ?? {});
    if (imports.length === 0)
      return `there is no domain ${work.domain} with imports. There are: ${domains.map(({ name }) => name).join(", ")}.`;
    const isKnown = work.name === undefined ? imports.length === 1 : imports.includes(work.name);
    return isKnown
      ? null
      : `the domain ${work.domain} needs the name of an import. There are: ${imports.join(", ")}.`;
  }
  const models = domains.flatMap((domain) => domain.models.map((model) => model.name));
  const unknown = (work.models ?? []).filter((model) => !models.includes(model));
  return unknown.length === 0
    ? null
    : `there is no model ${unknown.join(", ")}. There are: ${models.join(", ")}.`;
}

/** What a command line would take for an option if it began with a dash. */
const toFreeTexts = (work: ScheduledWork): readonly string[] =>
  work.verb === "export" ? ["to" in work ? work.to : work.out] : work.verb === "import" ? [work.from] : [];
