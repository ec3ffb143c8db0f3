import type { Command } from "commander";
import { type CommandContext, type ContextInput, createContext } from "./context.ts";

/**
 * Gives `program` the options that all verbs have, and the verbs that the command line may name: loading those
 * that it does not takes longer than most of them run. All verbs when it names none: for help, or for what is none.
 */
export async function registerVerbs(
  program: Command,
  input: ContextInput,
  args: readonly string[],
): Promise<CommandContext> {
  const context = createContext(program, input);
  const named = verbs.filter(([name]) => args.includes(name));
  const isHelp = args.includes("help");
  for (const [, load] of isHelp || named.length === 0 ? verbs : named) {
    const register = await load();
    register(program, context);
  }
  return context;
}

type Register = (program: Command, context: CommandContext) => void;

/** In the order of the help page. */
const verbs: readonly (readonly [name: string, load: () => Promise<Register>])[] = [
  ["up", async () => (await import("./up.ts")).registerUp],
  ["serve", async () => (await import("./serve.ts")).registerServe],
  ["status", async () => (await import("./status.ts")).registerStatus],
  ["sql", async () => (await import("./sql.ts")).registerSql],
  ["migrate", async () => (await import("./migrate.ts")).registerMigrate],
  ["triggers", async () => (await import("./triggers.ts")).registerTriggers],
  ["model", async () => (await import("./model.ts")).registerModel],
  ["mirror", async () => (await import("./mirror.ts")).registerMirror],
  ["rebuild", async () => (await import("./rebuild.ts")).registerRebuild],
  ["verify", async () => (await import("./verify.ts")).registerVerify],
  ["dead", async () => (await import("./dead.ts")).registerDead],
  ["import", async () => (await import("./import.ts")).registerImport],
  ["generate", async () => (await import("./generate.ts")).registerGenerate],
  ["export", async () => (await import("./export.ts")).registerExport],
  ["doctor", async () => (await import("./doctor.ts")).registerDoctor],
  ["docs", async () => (await import("./docs.ts")).registerDocs],
];
