import { Command } from "commander";
import { registerVerbs } from "../../src/commands/register-verbs.ts";

/** Names of the verbs that a command line with these arguments loads, in the order of the help page. */
export async function listVerbs(...args: readonly string[]): Promise<readonly string[]> {
  const program = new Command("vitrine");
  const { stdout, stderr } = process;
  await registerVerbs(program, { env: {}, signal: AbortSignal.abort(), stdout, stderr }, args);
  return program.commands.map((command) => command.name());
}
