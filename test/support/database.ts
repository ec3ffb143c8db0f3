import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ConnectionString } from "mongodb-connection-string-url";
import { inject } from "vitest";
import { migrateUp } from "../../src/migrations/migrate.ts";
import { defineProject, type Project } from "../../src/models/project.ts";
import { type MariaDb, openMariaDb, quoteName } from "../../src/stores/mariadb/mariadb.ts";
import { rolesOf } from "../../src/stores/mariadb/roles.ts";
import { type MongoDb, openMongoDb } from "../../src/stores/mongodb/mongodb.ts";

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
  readonly urls: { readonly loader: string; readonly reader: string; readonly writer: string };
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
  const { migrate = true } = options;
  const project = options.project ?? (await loadRepositoryProject());
  const sqlDir = options.sqlDir ?? resolve(root, project.sql);
  const name = `vt_${process.pid}_${randomBytes(5).toString("hex")}`;
  const mariadbUrl = withDatabase(serverUrl("mariadbUrl"), name);
  const mongodbUrl = Object.assign(new ConnectionString(serverUrl("mongodbUrl")), {
    pathname: `/${name}`,
  }).toString();
  const server = openMariaDb(withDatabase(mariadbUrl, ""), { size: 1, multipleStatements: true });
  await server.query(`create database ${quoteName(name)} character set utf8mb4 collate utf8mb4_nopad_bin`);
  const urlOf = async (kind: Kind) => (migrate ? await createAccount(server, mariadbUrl, kind) : mariadbUrl);
  const urls = {
    loader: await urlOf("loader"),
    reader: await urlOf("reader"),
    writer: await urlOf("writer"),
  };
  const [loader, reader] = [openMariaDb(urls.loader), openMariaDb(urls.reader)];
  const writer = openMariaDb(urls.writer, { callsProcedures: true });
  const admin = openMariaDb(mariadbUrl, { size: 4, multipleStatements: true });
  const mongo = openMongoDb(mongodbUrl);
  const close = async () => {
    await Promise.all([admin, loader, reader, writer].map((one) => one.close()));
    await mongo.db.dropDatabase();
    await server.query(`drop database if exists ${quoteName(name)}`);
    for (const [kind, role] of Object.entries(rolesOf(name)))
      await server.query(`drop user if exists ${name}_${kind}@'%'; drop role if exists ${role}`);
    await Promise.all([server.close(), mongo.close()]);
  };
  try {
    if (migrate) await migrateUp({ admin, sqlDir, domains: project.domains });
  } catch (error) {
    await close();
    throw error;
  }
  return { project, sqlDir, admin, loader, reader, writer, urls, mongo, mariadbUrl, mongodbUrl, close };
}

type Kind = keyof ReturnType<typeof rolesOf>;

/** Makes an account that has nothing but the role, and a password that nobody else knows; returns its URL. */
async function createAccount(server: MariaDb, mariadbUrl: string, kind: Kind): Promise<string> {
  const url = new URL(mariadbUrl);
  const database = url.pathname.slice(1);
  const role = rolesOf(database)[kind];
  url.username = `${database}_${kind}`;
  url.password = randomBytes(12).toString("hex");
  // Table rows, since `grant role` is for those who were given the role to hand on.
  await server.query(
    `create role ${role};
    create user ${url.username}@'%' identified by '${url.password}';
    insert into mysql.roles_mapping (Host, User, Role, Admin_option)
      values ('%', '${url.username}', '${role}', 'N');
    update mysql.global_priv set Priv = json_set(Priv, '$.default_role', '${role}')
      where User = '${url.username}';
    flush privileges`,
  );
  return url.href;
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
