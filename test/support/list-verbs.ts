import { Command } from "commander";
import { registerVerbs } from "../../src/commands/register-verbs.ts";

/** The program with the verbs as a command line with these arguments gets them. */
async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command("vitrine");
  const stdout = {
    isTerminal: false,
    print: () => undefined,
    finish: async () => null,
    outlive: () => undefined,
  };
  const { stderr } = process;
  await registerVerbs(program, { env: {}, signal: AbortSignal.abort(), stdout, stderr }, args);
  return program;
}

/** Names of all verbs, in the order of the help page. */
export async function listVerbs(): Promise<readonly string[]> {
  return (await createProgram([])).commands.map((command) => command.name());
}

/** Names of the verbs that a command line with these arguments loads: those that can do something. */
export async function listLoaded(...args: readonly string[]): Promise<readonly string[]> {
  const { commands } = await createProgram(args);
  return commands
    .filter(
      (command) =>
        command.commands.length > 0 || ("_actionHandler" in command && command._actionHandler !== null),
    )
    .map((command) => command.name());
}
