import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { noProgress } from "../progress.ts";
import { findMariaDb, findMongoDb, type MongoDbProgram, type Program } from "./find-programs.ts";
import { readGivenMariaDb, readGivenMongoDb, toGivenStack } from "./given-servers.ts";
import { describeMariaDb, toMariaDbUrl } from "./private-mariadb.ts";
import { describeMongoDb, toMongoDbUrl } from "./private-mongodb.ts";
import {
  ensureServer,
  findServer,
  joinServer,
  type PrivateServer,
  type ServerSpec,
  stopServer,
} from "./private-server.ts";
import type { MariaDbServer, MongoDbServer, Stack, StackConfig, StackOptions } from "./stack.ts";
import { listUsers, type Registration, registerUser, usersDir } from "./stack-users.ts";
import { withStartLock } from "./start-lock.ts";
import { mariadbMissing, mongodbMissing } from "./versions.ts";
import { watchServers } from "./watch-servers.ts";

/**
 * The servers that the configuration names, else the private ones of its data folder: those that run
 * already, else new ones. Every command that uses them is registered; the last to leave stops them.
 * @throws VitrineError SETUP_FAILED, SERVER_DIED, SOURCE_UNAVAILABLE, CANCELLED
 */
export async function acquireStack(config: StackConfig, options: StackOptions): Promise<Stack> {
  const [mariadb, mongodb] = await Promise.all([readGivenMariaDb(config), readGivenMongoDb(config)]);
  if (mariadb && mongodb) return toGivenStack(config, mariadb, mongodb);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const folder = describeFolder(config, mariadb, mongodb);
  const { dataDir, specs } = folder;
  const names = specs.map((spec) => spec.name).join(" and ");

  const membership = await withStartLock(dataDir, lockOptions(options), async () => {
    const mine = registerUser(usersDir(dataDir));
    const isStarted = specs.every((spec) => findServer(spec) !== null);
    const step = isStarted ? undefined : (options.progress ?? noProgress).start(`Starting ${names}`);
    // All are awaited, also when one fails: none may be left starting behind our back.
    const results = await Promise.allSettled(specs.map(ensureServer));
    step?.end();
    const failed = results.find((result) => result.status === "rejected");
    if (!failed)
      return { mine, servers: results.flatMap((r) => (r.status === "fulfilled" ? [r.value] : [])) };
    await leave(folder, mine);
    throw failed.reason;
  });
  return toPrivateStack(folder, membership, options);
}

/** The stack of the data folder when it runs, without starting anything; null when it does not. */
export async function joinStack(config: StackConfig, options: StackOptions): Promise<Stack | null> {
  const [mariadb, mongodb] = await Promise.all([readGivenMariaDb(config), readGivenMongoDb(config)]);
  if (mariadb && mongodb) return toGivenStack(config, mariadb, mongodb);
  if (!existsSync(config.dataDir)) return null;
  const folder = describeFolder(config, mariadb, mongodb);
  const membership = await withStartLock(folder.dataDir, lockOptions(options), async () => {
    const servers = await Promise.all(folder.specs.map(joinServer));
    if (servers.includes(null)) return null;
    return {
      mine: registerUser(usersDir(folder.dataDir)),
      servers: servers.filter((server) => server !== null),
    };
  });
  return membership && toPrivateStack(folder, membership, options);
}

/** What is private in a data folder, and the programs it is made of. */
interface Folder {
  readonly dataDir: string;
  readonly specs: readonly ServerSpec[];
  readonly mariadb: MariaDbServer | Program;
  readonly mongodb: MongoDbServer | MongoDbProgram;
}

interface Membership {
  readonly mine: Registration;
  readonly servers: readonly PrivateServer[];
}

function describeFolder(
  config: StackConfig,
  givenMariadb: MariaDbServer | null,
  givenMongodb: MongoDbServer | null,
): Folder {
  // One spelling, so that a link to the folder finds its servers.
  const dataDir = realpathSync(config.dataDir);
  const mariadb = givenMariadb ?? findMariaDb(config);
  if (!mariadb) throw mariadbMissing(null);
  const mongodb = givenMongodb ?? findMongoDb(config);
  if (!mongodb) throw mongodbMissing();
  return {
    dataDir,
    mariadb,
    mongodb,
    specs: [
      ...("path" in mariadb ? [describeMariaDb(dataDir, mariadb, config.searchPath)] : []),
      ...("path" in mongodb ? [describeMongoDb(dataDir, mongodb)] : []),
    ],
  };
}

function toPrivateStack(folder: Folder, { mine, servers }: Membership, options: StackOptions): Stack {
  const { dataDir, specs } = folder;
  const watch = watchServers(specs, servers, {
    logger: options.logger,
    revive:
      options.restart === true
        ? (spec) => withStartLock(dataDir, { timeoutMs: 600_000 }, () => ensureServer(spec))
        : null,
  });
  let released: Promise<void> | undefined;
  const serverOf = (name: PrivateServer["name"]) => servers.find((server) => server.name === name);
  return {
    mariadb: toMariaDbServer(folder, serverOf("MariaDB")),
    mongodb: toMongoDbServer(folder, serverOf("MongoDB")),
    onServerDied: watch.onDied,
    announce: mine.announce,
    users: () => listUsers(usersDir(dataDir)),
    release: () => {
      released ??= watch.stop().then(() => withStartLock(dataDir, {}, () => leave(folder, mine)));
      return released;
    },
  };
}

function toMariaDbServer({ dataDir, mariadb }: Folder, server: PrivateServer | undefined): MariaDbServer {
  if (!("path" in mariadb)) return mariadb;
  if (!server) throw new TypeError("A private server was acquired before it is described.");
  const { port, version, pid } = server;
  return {
    adminUrl: toMariaDbUrl(dataDir, "vitrine_admin", port),
    loaderUrl: toMariaDbUrl(dataDir, "vitrine_loader", port),
    readerUrl: toMariaDbUrl(dataDir, "vitrine_reader", port),
    writerUrl: toMariaDbUrl(dataDir, "vitrine_writer", port),
    version,
    origin: `private server (${mariadb.path})`,
    pid,
  };
}

function toMongoDbServer({ mongodb }: Folder, server: PrivateServer | undefined): MongoDbServer {
  if (!("path" in mongodb)) return mongodb;
  if (!server) throw new TypeError("A private server was acquired before it is described.");
  const { port, version, pid } = server;
  // The stand-in calls itself by the release of MongoDB that it resembles.
  const ownVersion = mongodb.kind === "mongod" ? version : mongodb.version;
  return { url: toMongoDbUrl(port), version: ownVersion, origin: mongodb.origin, kind: mongodb.kind, pid };
}

/** Under the start lock: strikes this command off, and stops the servers when no other is left. */
async function leave({ dataDir, specs }: Folder, mine: Registration): Promise<void> {
  mine.remove();
  if (listUsers(usersDir(dataDir)).length > 0) return;
  await Promise.all(
    specs.map(async (spec) => {
      const server = findServer(spec);
      if (server) await stopServer(server);
    }),
  );
}

const lockOptions = ({ signal, logger }: StackOptions) => ({
  signal,
  onWait: () => logger.warn("waiting for another command that starts or stops the servers of this folder"),
});
