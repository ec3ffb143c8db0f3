import type { Command } from "commander";
import { acquireStack } from "../local/acquire-stack.ts";
import { runMariaDbClient } from "../local/run-mariadb-client.ts";
import type { CommandContext } from "./context.ts";

/** `vitrine sql`: MariaDB's own client on the source, as the account that may change everything. */
export function registerSql(program: Command, context: CommandContext): void {
  program
    .command("sql")
    .description("open MariaDB's client on the database, or run one statement; reads standard input")
    .argument("[statement]", "SQL to run instead of asking")
    .action(async (statement: string | undefined) => {
      const { logger, progress, signal } = context;
      const config = context.config();
      const stack = await acquireStack(config, { logger, progress, signal });
      try {
        await runMariaDbClient(config, stack.mariadb.adminUrl, statement);
      } finally {
        await stack.release();
      }
    });
}
