import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { readConfig } from "../../src/config.ts";
import { acquireStack } from "../../src/local/acquire-stack.ts";
import { createLogger } from "../../src/log.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { createSpareDatabases } from "./spare-databases.ts";

const dataDir = resolve(fileURLToPath(new URL("../..", import.meta.url)), ".vitrine/test-servers");

/**
 * vitest's global set-up: both servers, private ones unless MARIADB_URL and MONGODB_URL name others.
 * They are shared by all tests of a run (each has databases of its own), and by runs side by side.
 */
export default async function setUpServers(project: TestProject): Promise<() => Promise<void>> {
  const config = readConfig({ ...process.env, VITRINE_DATA_DIR: dataDir });
  const stack = await acquireStack(config, { logger: createLogger("warn") });
  stack.onServerDied((error) => process.stderr.write(`${error.message}\n`));
  project.provide("mariadbUrl", withoutDatabase(stack.mariadb.adminUrl));
  project.provide("mongodbUrl", withoutDatabase(stack.mongodb.url));
  const server = openMariaDb(withoutDatabase(stack.mariadb.adminUrl), { size: 1, multipleStatements: true });
  const pool = `vt_spare_${process.pid}_${randomBytes(5).toString("hex")}`;
  const dropSpares = await createSpareDatabases(server, pool);
  project.provide("spareDatabases", pool);
  return async () => {
    await dropSpares();
    await server.close();
    await stack.release();
  };
}

function withoutDatabase(url: string): string {
  const parsed = new URL(url);
  parsed.pathname = "/";
  return parsed.href;
}
