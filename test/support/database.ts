import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inject } from "vitest";
import { migrateUp } from "../../src/migrations/migrate.ts";
import { defineProject, type Project } from "../../src/models/project.ts";
import { type MariaDb, openMariaDb, quoteName } from "../../src/stores/mariadb.ts";
import { type MongoDb, openMongoDb } from "../../src/stores/mongodb.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface TestDatabaseOptions {
  /** Default: the project of this repository. */
  readonly project?: Project;
  /** Folder of the SQL files. Default: the project's, relative to the repository. */
  readonly sqlDir?: string;
  /** Apply the project's SQL. Default: true. */
  readonly migrate?: boolean;
}

export interface TestDatabase {
  readonly project: Project;
  readonly sqlDir: string;
  /** May change the schema; several statements per query. */
  readonly admin: MariaDb;
  readonly loader: MariaDb;
  readonly reader: MariaDb;
  readonly mongo: MongoDb;
  /** With the path of this database. */
  readonly mariadbUrl: string;
  readonly mongodbUrl: string;
  /** Drops both databases. */
  close(): Promise<void>;
}

/** The project that this repository ships; the engine alone until there is one. */
export async function loadRepositoryProject(): Promise<Project> {
  const file = resolve(root, "vitrine.config.ts");
  if (!existsSync(file)) return defineProject({ sql: "sql", domains: [] });
  // A project file exports its project as default: the contract of vitrine.config.ts.
  return ((await import(pathToFileURL(file).href)) as { default: Project }).default;
}

/** Opens databases of its own on both servers: tests share nothing and may run side by side. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const project = options.project ?? (await loadRepositoryProject());
  const sqlDir = options.sqlDir ?? resolve(root, project.sql);
  const name = `vt_${process.pid}_${randomBytes(5).toString("hex")}`;
  const mariadbUrl = withDatabase(serverUrl("mariadbUrl"), name);
  const mongodbUrl = withDatabase(serverUrl("mongodbUrl"), name);
  const server = openMariaDb(withDatabase(mariadbUrl, ""), { size: 1 });
  await server.query(`create database ${quoteName(name)} character set utf8mb4 collate utf8mb4_nopad_bin`);
  const admin = openMariaDb(mariadbUrl, { size: 4, multipleStatements: true });
  const loader = openMariaDb(mariadbUrl);
  const reader = openMariaDb(mariadbUrl);
  const mongo = openMongoDb(mongodbUrl);
  const close = async () => {
    await mongo.db.dropDatabase();
    await server.query(`drop database if exists ${quoteName(name)}`);
    await Promise.all([admin, loader, reader, server, mongo].map((one) => one.close()));
  };
  try {
    if (options.migrate ?? true) await migrateUp({ admin, sqlDir, domains: project.domains });
  } catch (error) {
    await close();
    throw error;
  }
  return { project, sqlDir, admin, loader, reader, mongo, mariadbUrl, mongodbUrl, close };
}

/** The server that the global set-up provides, else the one that the environment names. */
function serverUrl(key: "mariadbUrl" | "mongodbUrl"): string {
  // Not provided is `undefined`, whatever the type says.
  const url =
    (inject(key) as string | undefined) ?? process.env[key === "mariadbUrl" ? "MARIADB_URL" : "MONGODB_URL"];
  if (url === undefined) throw new Error(`No ${key}: run the tests by \`npm test\`, or set the variable.`);
  return url;
}

function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}

declare module "vitest" {
  export interface ProvidedContext {
    /** The server as its administrator, without a database. */
    mariadbUrl: string;
    mongodbUrl: string;
  }
}
