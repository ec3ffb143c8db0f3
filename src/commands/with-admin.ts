import { type LoadedProject, loadProject } from "../load-project.ts";
import { acquireStack } from "../local/acquire-stack.ts";
import { type MariaDb, openMariaDb } from "../stores/mariadb/mariadb.ts";
import type { CommandContext } from "./context.ts";

export interface AdminTarget {
  readonly project: LoadedProject;
  /** May change the schema; several statements per query. */
  readonly admin: MariaDb;
  readonly adminUrl: string;
}

/** Runs `work` with the project and its database, as the account that may change the schema. */
export async function withAdmin<T>(
  context: CommandContext,
  work: (target: AdminTarget) => Promise<T>,
): Promise<T> {
  const { logger, progress, signal } = context;
  const config = context.config();
  const project = await loadProject(config.projectFile);
  const stack = await acquireStack(config, { logger, progress, signal });
  const { adminUrl } = stack.mariadb;
  const admin = openMariaDb(adminUrl, { size: 3, multipleStatements: true });
  try {
    return await work({ project, admin, adminUrl });
  } finally {
    await admin.close();
    await stack.release();
  }
}
