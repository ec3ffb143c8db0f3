import type { Command } from "commander";
import { acquireSource } from "../local/acquire-stack.ts";
import { runMariaDbClient } from "../local/run-mariadb-client.ts";
import { toCurrentAddress } from "../stores/mariadb/ask-host.ts";
import type { CommandContext } from "./context.ts";

/** `vitrine sql`: MariaDB's own client on the source, as the account that may change everything. */
export function registerSql(command: Command, context: CommandContext): void {
  command.action(async (statement: string | undefined) => {
    const { logger, progress, signal, passOn } = context;
    const config = context.config();
    const stack = await acquireSource(config, { logger, progress, signal });
    try {
      const output = passOn && { passOn, signal };
      await runMariaDbClient(config, await toCurrentAddress(stack.mariadb.adminUrl), statement, output);
    } finally {
      await stack.release();
    }
  });
}
