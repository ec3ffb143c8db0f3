import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ConnectionString } from "mongodb-connection-string-url";
import { inject } from "vitest";
import { migrateUp } from "../../src/migrations/migrate.ts";
import { defineProject, type Project } from "../../src/models/project.ts";
import { type MariaDb, openMariaDb, quoteName } from "../../src/stores/mariadb/mariadb.ts";
import { type MongoDb, openMongoDb } from "../../src/stores/mongodb/mongodb.ts";
import {
  describeSpare,
  dropDatabase,
  openSpareDatabases,
  restoreSpare,
  type SpareDatabase,
} from "./spare-databases.ts";
import { type AccountUrls, createAccounts } from "./test-accounts.ts";

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
  /**
   * Accounts with the rights of their roles and no others, as in production. Rights come with migrations:
   * without `migrate` all of them are the administrator.
   */
  readonly loader: MariaDb;
  readonly reader: MariaDb;
  readonly writer: MariaDb;
  /** The accounts' URLs, for pools of one's own. */
  readonly urls: AccountUrls;
  readonly mongo: MongoDb;
  /** With the path of this database. */
  readonly mariadbUrl: string;
  readonly mongodbUrl: string;
  /** Drops what is in both databases, and the databases themselves unless another test may have them as they were. */
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
  const server = openMariaDb(serverUrl("mariadbUrl"), { size: 1, multipleStatements: true });
  const { name, urls, giveBack } = await acquireDatabase(server, { ...options, project, sqlDir });
  const mariadbUrl = withDatabase(serverUrl("mariadbUrl"), name);
  const mongodbUrl = Object.assign(new ConnectionString(serverUrl("mongodbUrl")), {
    pathname: `/${newName()}`,
  }).toString();
  const [loader, reader] = [openMariaDb(urls.loader), openMariaDb(urls.reader)];
  const writer = openMariaDb(urls.writer, { callsProcedures: true });
  const admin = openMariaDb(mariadbUrl, { size: 4, multipleStatements: true });
  const mongo = openMongoDb(mongodbUrl);
  let isClosed = false;
  const close = async () => {
    // The database may be another test's by now.
    if (isClosed)
      throw new Error(`${name} is closed twice: whoever has it now would lose connections and rows.`);
    isClosed = true;
    await Promise.all([admin, loader, reader, writer].map((one) => one.close()));
    await mongo.db.dropDatabase();
    await giveBack();
    await Promise.all([server.close(), mongo.close()]);
  };
  return { project, sqlDir, admin, loader, reader, writer, urls, mongo, mariadbUrl, mongodbUrl, close };
}

interface AcquiredDatabase {
  readonly name: string;
  readonly urls: AccountUrls;
  giveBack(): Promise<void>;
}

const newName = () => `vt_${process.pid}_${randomBytes(5).toString("hex")}`;

/** A database that an earlier file of tests has given back, if it is as migrations make it; else a new one. */
async function acquireDatabase(
  server: MariaDb,
  { project, sqlDir, migrate = true }: TestDatabaseOptions & { project: Project; sqlDir: string },
): Promise<AcquiredDatabase> {
  // Not provided is `undefined`, whatever the type says.
  const pool = inject("spareDatabases") as string | undefined;
  // Folders that a test makes change; those of the repository do not while tests run.
  const isShared = migrate && pool !== undefined && sqlDir.startsWith(root);
  if (!isShared) {
    const { name, urls } = await createDatabase(server, { project, sqlDir, migrate });
    return { name, urls, giveBack: () => dropDatabase(server, name) };
  }
  const spares = openSpareDatabases(server, pool);
  const hash = createHash("sha256")
    .update(JSON.stringify([sqlDir, project.domains]))
    .digest("hex");
  const spare: SpareDatabase =
    (await spares.take(hash)) ?? (await createDatabase(server, { project, sqlDir, migrate }));
  return {
    name: spare.name,
    urls: spare.urls,
    giveBack: async () => {
      const url = withDatabase(serverUrl("mariadbUrl"), spare.name);
      if (await restoreSpare(server, url, spare)) await spares.put(hash, spare);
      else await dropDatabase(server, spare.name);
    },
  };
}

/** Of a database that is never handed on. */
const nothingKept = { objects: "", counts: {}, sequences: {}, statistics: {} };

async function createDatabase(
  server: MariaDb,
  { project, sqlDir, migrate }: { project: Project; sqlDir: string; migrate: boolean },
): Promise<SpareDatabase> {
  const name = newName();
  const url = withDatabase(serverUrl("mariadbUrl"), name);
  await server.query(`create database ${quoteName(name)} character set utf8mb4 collate utf8mb4_nopad_bin`);
  if (!migrate) {
    const urls = { loader: url, reader: url, writer: url, analyst: url };
    return { name, urls, pristine: nothingKept, kept: {} };
  }
  const admin = openMariaDb(url, { size: 2, multipleStatements: true });
  try {
    const urls = await createAccounts(server, url);
    await migrateUp({ admin, sqlDir, domains: project.domains });
    return await describeSpare(admin, urls);
  } catch (error) {
    await dropDatabase(server, name);
    throw error;
  } finally {
    await admin.close();
  }
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
    /** Database with the table of migrated databases that wait for a test. */
    spareDatabases: string;
  }
}
