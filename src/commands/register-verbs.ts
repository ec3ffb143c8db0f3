import type { Command } from "commander";
import { type CommandContext, type ContextInput, createContext } from "./context.ts";

/**
 * Gives `program` the options that all verbs have, and every verb by name and summary, which is all that the help page
 * shows, beside what the project has. Of options and action only what the command line names is loaded: the rest takes longer than most verbs run.
 */
export async function registerVerbs(
  program: Command,
  input: ContextInput,
  args: readonly string[],
): Promise<CommandContext> {
  const context = createContext(program, input);
  for (const { usage, summary, load } of verbs) {
    const command = program.command(usage).description(summary);
    if (args.includes(command.name())) (await load())(command, context);
  }
  // Loaded for those who read it only: it takes longer than the page.
  if (args.length === 0 || args.some((arg) => helpWords.has(arg)))
    await (await import("./project-help.ts")).addProjectHelp(program, context);
  return context;
}

const helpWords: ReadonlySet<string> = new Set(["-h", "--help", "help"]);

/** Adds options and an action, or commands of its own, to a verb. */
type Register = (command: Command, context: CommandContext) => void;

interface Verb {
  /** Its name, then its arguments. */
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<Register>;
}

/** In the order of the help page. */
const verbs: readonly Verb[] = [
  {
    usage: "init",
    summary: "write a project of the tables that a database has, into an empty folder; changes nothing there",
    load: async () => (await import("./init.ts")).registerInit,
  },
  {
    usage: "up",
    summary: "start everything: servers, migrations, sample data, mirror, GraphQL; until Ctrl-C",
    load: async () => (await import("./up.ts")).registerUp,
  },
  {
    usage: "serve",
    summary: "serve GraphQL, until Ctrl-C; `vitrine mirror` keeps the mirror",
    load: async () => (await import("./serve.ts")).registerServe,
  },
  {
    usage: "status",
    summary: "addresses, versions, migrations, documents and lag of the running stack; starts nothing",
    load: async () => (await import("./status.ts")).registerStatus,
  },
  {
    usage: "sql [statement]",
    summary: "open MariaDB's client on the database, or run one statement; reads standard input",
    load: async () => (await import("./sql.ts")).registerSql,
  },
  {
    usage: "migrate",
    summary: "bring the database to what the SQL files say",
    load: async () => (await import("./migrate.ts")).registerMigrate,
  },
  {
    usage: "mend",
    summary: "views, definitions, triggers and documents follow what owners did to their tables",
    load: async () => (await import("./mend.ts")).registerMend,
  },
  {
    usage: "uninstall",
    summary: "name what Vitrine made in the database, and with --yes drop it; all else stays as it is",
    load: async () => (await import("./uninstall.ts")).registerUninstall,
  },
  {
    usage: "triggers",
    summary: "the triggers that log every write of a captured table",
    load: async () => (await import("./triggers.ts")).registerTriggers,
  },
  {
    usage: "user",
    summary: "who may read what: keys to the gateway, and accounts of the database for tools of analysts",
    load: async () => (await import("./user.ts")).registerUser,
  },
  {
    usage: "model",
    summary: "the models of the project",
    load: async () => (await import("./model.ts")).registerModel,
  },
  {
    usage: "access [role]",
    summary: "who may see what: all roles beside each other, or one in full; no server is asked",
    load: async () => (await import("./access.ts")).registerAccess,
  },
  {
    usage: "cubes",
    summary: "the roll-ups of each cube, and the questions of the last days that none covered",
    load: async () => (await import("./cubes.ts")).registerCubes,
  },
  {
    usage: "mirror",
    summary: "keep the mirror: follow every change until Ctrl-C",
    load: async () => (await import("./mirror.ts")).registerMirror,
  },
  {
    usage: "rebuild [models...]",
    summary: "load every document of these models again (all models without names); writers may go on",
    load: async () => (await import("./rebuild.ts")).registerRebuild,
  },
  {
    usage: "verify [models...]",
    summary: "compare the mirror with the views; exit code 0 when all of it is proven, 1 on a defect",
    load: async () => (await import("./verify.ts")).registerVerify,
  },
  {
    usage: "test [files...]",
    summary:
      "mirror, compare each document with its view, ask the examples, and run the project's own tests (node --test)",
    load: async () => (await import("./test.ts")).registerTest,
  },
  {
    usage: "rejected",
    summary: "documents that could not be built or stored",
    load: async () => (await import("./rejected.ts")).registerRejected,
  },
  {
    usage: "import <domain> <import-or-folder> [folder]",
    summary:
      "import files of a domain (of several imports tell the name), all or nothing; refused lines are listed in vitrine_import_reject",
    load: async () => (await import("./import.ts")).registerImport,
  },
  {
    usage: "generate <domain>",
    summary: "write sample files of a domain, with the dirt that occurs in the field",
    load: async () => (await import("./generate.ts")).registerGenerate,
  },
  {
    usage: "export [models...]",
    summary: "write documents to files, one per model, and a manifest; all models without names",
    load: async () => (await import("./export.ts")).registerExport,
  },
  {
    usage: "query <file>",
    summary: "ask an operation of a .graphql file, and print its rows as a table, CSV or JSON",
    load: async () => (await import("./query.ts")).registerQuery,
  },
  {
    usage: "runs",
    summary: "what was imported, exported, migrated, rebuilt and verified, when, and how it ended",
    load: async () => (await import("./runs.ts")).registerRuns,
  },
  {
    usage: "audit",
    summary: "who called which mutation, when, with what, and how it ended",
    load: async () => (await import("./audit.ts")).registerAudit,
  },
  {
    usage: "schedule",
    summary: "run what the project schedules and raise alerts, until Ctrl-C; `vitrine up` does it too",
    load: async () => (await import("./schedule.ts")).registerSchedule,
  },
  {
    usage: "alerts",
    summary: "what is wrong, since when, and whether the receiver of alerts knows",
    load: async () => (await import("./alerts.ts")).registerAlerts,
  },
  {
    usage: "doctor",
    summary: "check versions, settings, definers and triggers, and tell what MongoDB offers",
    load: async () => (await import("./doctor.ts")).registerDoctor,
  },
  {
    usage: "docs",
    summary: "write schema.graphql, the public API, and docs/reference, the data dictionary",
    load: async () => (await import("./docs.ts")).registerDocs,
  },
  {
    usage: "client",
    summary:
      "write what a front end needs: the schema, types of its scalars, rules for caches of Apollo and urql",
    load: async () => (await import("./client.ts")).registerClient,
  },
];
