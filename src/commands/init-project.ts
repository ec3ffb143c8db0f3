import { VitrineError } from "../errors.ts";
import { findPackageVersion } from "../front-door.ts";
import { isMariaDbSupported } from "../local/versions.ts";
import { defineProject } from "../models/project.ts";
import { openMariaDb } from "../stores/mariadb/mariadb.ts";
import type { CommandContext } from "./context.ts";
import { readSourceUrl } from "./source-url.ts";

export interface InitOptions {
  readonly from?: string;
  readonly tables?: readonly string[];
  readonly history?: readonly string[];
  readonly folder: string;
}

/**
 * Writes a project of the tables of a database, and says what needs a decision.
 * @throws VitrineError USAGE for a server that cannot be a source, and those of createProject
 */
export async function initProject(context: CommandContext, options: InitOptions): Promise<void> {
  // Loaded here: other commands need no GraphQL, and no parser.
  const { printProjectSchema } = await import("../graphql/print-schema.ts");
  const { createProject, refuseFullFolder } = await import("../migrations/init-project.ts");
  const { judgeServer } = await import("../migrations/init-tables.ts");
  const { folder, tables, history } = options;
  const url = readSourceUrl(options.from, context.config().mariadbReaderUrl);
  refuseFullFolder(folder);
  const db = openMariaDb(url, { size: 2 });
  try {
    if (db.database === "")
      throw new VitrineError(
        "USAGE",
        "The address names no database. Write it at the end: mariadb://host/shop",
      );
    const [server] = await db.query<{ version: string }>("select version() as version");
    const problem = judgeServer(server?.version ?? "", isMariaDbSupported);
    if (problem !== null) throw new VitrineError("USAGE", problem);
    const { files, models, decisions } = await createProject(db, {
      ...{ folder, url, tables, history, version: findPackageVersion(), signal: context.signal },
      check: (domain) => printProjectSchema(defineProject({ sql: "sql", domains: [domain] })),
    });
    for (const { name, table } of models) context.print(`${name}: the rows of ${table}`);
    if (decisions.length > 0) context.print("To be decided (DECISIONS.md):");
    for (const { table, reason } of decisions) context.print(`  ${table}: ${reason}`);
    context.print(`Wrote ${files.length} files to ${folder}; nothing was changed in ${db.database}.`);
    context.print("Then, as the administrator of the server: mariadb < setup.sql (README.md tells the rest)");
    context.printJson({ files, models: models.map(({ name, table }) => ({ name, table })), decisions });
  } finally {
    await db.close();
  }
}
