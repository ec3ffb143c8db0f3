import { resolve } from "node:path";
import type { Command } from "commander";
import type { CommandContext } from "./context.ts";
import { type InitOptions, initProject } from "./init-project.ts";

/** `vitrine init`: a project of the tables that a database has; changes nothing there. */
export function registerInit(command: Command, context: CommandContext): void {
  command
    .option(
      "--from <url>",
      "the database, as an account that may read it: mariadb://me@host/shop (MARIADB_READER_URL, or the file that MARIADB_READER_URL_FILE names: a password is in no list of processes there)",
    )
    .option("--tables <list>", "the tables that are meant, with commas between; default: all", toList)
    .option(
      "--history <list>",
      "the tables that history.sql lets keep their past, once somebody runs it; default: all that documents show",
      toList,
    )
    .option(
      "--folder <folder>",
      "an empty folder to write into",
      (name: string) => resolve(name),
      resolve("."),
    )
    .action((options: InitOptions) => initProject(context, options));
}

const toList = (text: string): readonly string[] => text.split(",").map((name) => name.trim());
