import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { registerVerbs } from "../../../src/commands/register-verbs.ts";
import { defineProject } from "../../../src/models/project.ts";
import { nextMoment, type Schedule } from "../../../src/models/schedule.ts";
import { type ScheduledWork, toArguments } from "../../../src/models/scheduled-work.ts";

const domain = {
  name: "garden",
  description: "Plants.",
  models: [],
  imports: {
    plants: {
      files: [{ file: "plant.csv", staging: "staging_plant", columns: { Id: "id" } }],
      procedures: [],
    },
    beds: { files: [{ file: "bed.csv", staging: "staging_bed", columns: { Id: "id" } }], procedures: [] },
  },
};
const verify: ScheduledWork = { verb: "verify" };
/** As a file that no compiler has read may have it. */
const run = (work: unknown) => ({ at: "0 3 * * *", run: work }) as Schedule;
const define = (name: string, schedule: Schedule) =>
  defineProject({ sql: "sql", domains: [domain], schedules: { [name]: schedule } });

describe("A schedule that cannot be kept is refused with its name and the remedy:", () => {
  test.each<readonly [string, string, Schedule, RegExp]>([
    [
      "no cron",
      "files",
      { at: "every 15 minutes", run: verify },
      /cannot be parsed \(.+\)\. Write minute, hour/,
    ],
    ["too few parts", "files", { at: "*/15 * *", run: verify }, /"\*\/15 \* \*" cannot be parsed/],
    ["a minute that is none", "files", { at: "61 * * * *", run: verify }, /cannot be parsed/],
    ["nothing", "files", { at: "", run: verify }, /cannot be parsed/],
    ["a day that never comes", "files", { at: "0 0 30 2 *", run: verify }, /"0 0 30 2 \*" never comes/],
    [
      "no time zone",
      "files",
      { at: "0 3 * * *", timezone: "Moon/Base", run: verify },
      /in Moon\/Base cannot be/,
    ],
    ["a name with blanks", "my files", { at: "0 3 * * *", run: verify }, /its name must be lower case/],
    [
      "an unknown model",
      "files",
      { at: "0 3 * * *", run: { verb: "export", models: ["trees"], out: "files" } },
      /there is no model trees\. There are:/,
    ],
    [
      "an unknown domain",
      "files",
      { at: "0 3 * * *", run: { verb: "import", domain: "zoo", from: "files" } },
      /there is no domain zoo with imports\. There are: garden\./,
    ],
    [
      "one import of several, without its name",
      "files",
      { at: "0 3 * * *", run: { verb: "import", domain: "garden", from: "files" } },
      /needs the name of an import\. There are: plants, beds\./,
    ],
    [
      "a path that would be an option",
      "files",
      { at: "0 3 * * *", run: { verb: "export", out: "--out" } },
      /must not be empty or begin with a dash/,
    ],
    [
      "an unknown verb",
      "files",
      run({ verb: "veryfy" }),
      /no verb veryfy to run\. There are: export, import, v/,
    ],
    ["no verb", "files", run({}), /no verb in it to run/],
    ["no work", "files", run(undefined), /no verb in it to run/],
    ["nothing for work", "files", run(null), /no verb in it to run/],
    ["a text for work", "files", run("verify"), /no verb in it to run/],
    ["an unknown format", "files", run({ verb: "export", out: "x", format: "xslx" }), /format: .+"csv"/],
    [
      "a format that is packed already",
      "files",
      run({ verb: "export", out: "x", format: "parquet", gzip: true }),
      /gzip: files of this format are compressed already/,
    ],
    ["an unknown store", "files", run({ verb: "export", out: "x", source: "mongodb" }), /source: .+"mirror"/],
    ["no place", "files", run({ verb: "export" }), /out: /],
    ["two places", "files", run({ verb: "export", to: "x", out: "y" }), /"out"/],
    [
      "a percentage that is none",
      "files",
      run({ verb: "import", domain: "garden", name: "plants", from: "in", allowDeletes: 150 }),
      /allowDeletes: expected true, or a percentage from 0 to 100/,
    ],
    ["what its verb does not know", "files", run({ verb: "rebuild", deep: true }), /"deep"/],
    ["one model as a text", "files", run({ verb: "verify", models: "sales" }), /models: /],
  ])("%s", (_, name, schedule, message) => {
    expect(() => define(name, schedule)).toThrow(message);
    expect(() => define(name, schedule)).toThrow(`Schedule ${name}: `);
  });

  test("all of a project are told at once", () => {
    const schedules = { a: { at: "x", run: verify }, b: { at: "y", run: verify } };
    const problems = /^Schedule a: [^\n]+\nSchedule b: [^\n]+$/;
    expect(() => defineProject({ sql: "sql", domains: [domain], schedules })).toThrow(problems);
  });
});

test("moments are of UTC unless the schedule says where, and follow the clocks there", () => {
  const at = (schedule: Pick<Schedule, "at" | "timezone">, after: string) =>
    nextMoment(schedule, new Date(after))?.toISOString();
  expect(at({ at: "*/15 * * * *" }, "2026-11-30T13:45:00.000Z")).toBe("2026-11-30T14:00:00.000Z");
  expect(at({ at: "*/15 * * * *" }, "2026-11-30T13:44:59.999Z")).toBe("2026-11-30T13:45:00.000Z");
  expect(at({ at: "*/2 * * * * *" }, "2026-11-30T13:45:00.500Z")).toBe("2026-11-30T13:45:02.000Z");
  const vienna = { at: "30 3 * * *", timezone: "Europe/Vienna" };
  expect(at(vienna, "2026-03-27T12:00:00Z")).toBe("2026-03-28T02:30:00.000Z");
  expect(at(vienna, "2026-03-29T12:00:00Z")).toBe("2026-03-30T01:30:00.000Z");
});

describe("What a schedule runs is a command line that its verb takes:", () => {
  const works: readonly (readonly [string, ScheduledWork])[] = [
    ["export a --incremental --to files", { verb: "export", models: ["a"], to: "files" }],
    ["export --out files", { verb: "export", out: "files" }],
    [
      "export a b --out files --format csv --gzip --source mirror",
      { verb: "export", models: ["a", "b"], out: "files", format: "csv", gzip: true, source: "mirror" },
    ],
    ["import garden in", { verb: "import", domain: "garden", from: "in" }],
    [
      "import garden plants in --strict --allow-deletes 5",
      { verb: "import", domain: "garden", name: "plants", from: "in", strict: true, allowDeletes: 5 },
    ],
    [
      "import garden plants in --allow-deletes",
      { verb: "import", domain: "garden", name: "plants", from: "in", allowDeletes: true },
    ],
    [
      "import garden beds in --full",
      { verb: "import", domain: "garden", name: "beds", from: "in", full: true },
    ],
    ["verify", { verb: "verify" }],
    ["verify a --deep --repair", { verb: "verify", models: ["a"], deep: true, repair: true }],
    ["rebuild a b", { verb: "rebuild", models: ["a", "b"] }],
  ];
  test.each(works)("vitrine %s", async (line, work) => {
    const args = toArguments(work);
    expect(args.join(" ")).toBe(line);
    const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
    const stdout = {
      isTerminal: false,
      print: () => undefined,
      finish: async () => null,
      outlive: () => undefined,
    };
    await registerVerbs(
      program,
      { env: {}, signal: AbortSignal.abort(), stdout, stderr: process.stderr },
      args,
    );
    let taken = false;
    const command = program.commands.find((one) => one.name() === work.verb);
    command?.action(() => {
      taken = true;
    });
    await program.parseAsync([...args], { from: "user" });
    expect(taken).toBe(true);
  });
});
