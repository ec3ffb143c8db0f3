import { Command } from "commander";
import { registerVerbs } from "../../../src/commands/register-verbs.ts";

/**
 * What a command prints whose data folder is `dataDir`. Nobody listens where it would look for servers.
 * @throws VitrineError as the command does
 */
export async function runVerb(
  dataDir: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  let printed = "";
  const stdout = {
    isTerminal: false,
    print: (data: string | Uint8Array) => {
      printed += data;
    },
    finish: async () => null,
    outlive: () => undefined,
  };
  const env = {
    VITRINE_DATA_DIR: dataDir,
    MARIADB_URL: "mysql://nobody@127.0.0.1:1/none",
    MONGODB_URL: "mongodb://127.0.0.1:1/none",
    ...more,
  };
  const { signal } = new AbortController();
  const program = new Command("vitrine").exitOverride();
  await registerVerbs(program, { env, signal, stdout, stderr: process.stderr }, args);
  await program.parseAsync([...args], { from: "user" });
  return printed;
}
