import { spawn } from "node:child_process";
import type { Command } from "commander";
import type { Config } from "../config.ts";
import { VitrineError } from "../errors.ts";
import { acquireStack } from "../local/acquire-stack.ts";
import { findOnPath } from "../local/find-programs.ts";
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
        await runClient(config, stack.mariadb.adminUrl, statement);
      } finally {
        await stack.release();
      }
    });
}

/** The password goes by the environment: arguments can be read by everybody on the machine. */
function runClient(config: Config, adminUrl: string, statement: string | undefined): Promise<void> {
  const client = findOnPath("mariadb", config.searchPath) ?? findOnPath("mysql", config.searchPath);
  if (client === null)
    throw new VitrineError("SETUP_FAILED", "MariaDB's client `mariadb` is missing; `npm start` installs it.");
  const url = new URL(adminUrl);
  const child = spawn(
    client,
    [
      "--no-defaults",
      "--default-character-set=utf8mb4",
      "--local-infile=1",
      `--host=${url.hostname}`,
      `--port=${url.port === "" ? "3306" : url.port}`,
      `--user=${decodeURIComponent(url.username)}`,
      `--database=${decodeURIComponent(url.pathname.slice(1))}`,
      ...(statement === undefined ? [] : ["--table", `--execute=${statement}`]),
    ],
    {
      stdio: "inherit",
      env: {
        PATH: config.searchPath,
        TERM: "xterm",
        LC_ALL: "C.UTF-8",
        MYSQL_PWD: decodeURIComponent(url.password),
      },
    },
  );
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    // The client has said on standard error what was wrong.
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new VitrineError("USAGE", "The statement was refused.")),
    );
  });
}
