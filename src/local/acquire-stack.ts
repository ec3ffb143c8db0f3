import { existsSync, realpathSync } from "node:fs";
import { makeFolder } from "../make-folder.ts";
import { noProgress } from "../progress.ts";
import { findMariaDb, findMongoDb, type MongoDbProgram, type Program } from "./find-programs.ts";
import { readGivenMariaDb, readGivenMongoDb, toGivenSource, toGivenStack } from "./given-servers.ts";
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
import type { MariaDbServer, MongoDbServer, SourceStack, Stack, StackConfig, StackOptions } from "./stack.ts";
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
  makeDataFolder(config.dataDir);
  const folder = describeFolder(config, mariadb, mongodb);
  return toPrivateStack(folder, await startServers(folder, options), options);
}

/**
 * The same of MariaDB alone: for commands that read or change nothing of the mirror, which may be away.
 * @throws as acquireStack
 */
export async function acquireSource(config: StackConfig, options: StackOptions): Promise<SourceStack> {
  const mariadb = await readGivenMariaDb(config);
  if (mariadb) return toGivenSource(mariadb);
  makeDataFolder(config.dataDir);
  const folder = describeSourceFolder(config);
  return toPrivateSource(folder, await startServers(folder, options), options);
}

/** Starts what does not run, and registers this command as a user of the folder. */
async function startServers(folder: Folder, options: StackOptions): Promise<Membership> {
  const { dataDir, specs } = folder;
  const names = specs.map((spec) => spec.name).join(" and ");

  return withStartLock(dataDir, lockOptions(options), async () => {
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
}

/** The stack of the data folder when it runs, without starting anything; null when it does not. */
export async function joinStack(config: StackConfig, options: StackOptions): Promise<Stack | null> {
  const [mariadb, mongodb] = await Promise.all([readGivenMariaDb(config), readGivenMongoDb(config)]);
  if (mariadb && mongodb) return toGivenStack(config, mariadb, mongodb);
  if (!existsSync(config.dataDir)) return null;
  makeDataFolder(config.dataDir); // refuses what is no folder
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

const makeDataFolder = (dataDir: string): void =>
  makeFolder(dataDir, {
    mode: 0o700,
    purpose: {
      code: "CONFIG_INVALID",
      remedy: "Name another data folder with --data-dir or VITRINE_DATA_DIR.",
    },
  });

/** What is private in a data folder, and the program it is made of. */
interface Folder {
  readonly dataDir: string;
  /** To be started. */
  readonly specs: readonly ServerSpec[];
  /** To be stopped by the last one who leaves, also those that another command started. */
  readonly all: readonly ServerSpec[];
  readonly mariadb: MariaDbServer | Program;
}

interface StackFolder extends Folder {
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
): StackFolder {
  // One spelling, so that a link to the folder finds its servers.
  const dataDir = realpathSync(config.dataDir);
  const mariadb = givenMariadb ?? findMariaDb(config);
  if (!mariadb) throw mariadbMissing(null);
  const mongodb = givenMongodb ?? findMongoDb(config);
  if (!mongodb) throw mongodbMissing();
  const specs = [
    ...("path" in mariadb ? [describeMariaDb(dataDir, mariadb, config.searchPath)] : []),
    ...("path" in mongodb ? [describeMongoDb(dataDir, mongodb)] : []),
  ];
  return { dataDir, mariadb, mongodb, specs, all: specs };
}

function describeSourceFolder(config: StackConfig): Folder {
  const dataDir = realpathSync(config.dataDir);
  const mariadb = findMariaDb(config);
  if (!mariadb) throw mariadbMissing(null);
  const specs = [describeMariaDb(dataDir, mariadb, config.searchPath)];
  const mongodb = config.mongodbUrl === undefined ? findMongoDb(config) : null;
  return {
    ...{ dataDir, mariadb, specs },
    all: mongodb ? [...specs, describeMongoDb(dataDir, mongodb)] : specs,
  };
}

const toPrivateStack = (folder: StackFolder, membership: Membership, options: StackOptions): Stack => ({
  ...toPrivateSource(folder, membership, options),
  mongodb: toMongoDbServer(folder, serverOf(membership, "MongoDB")),
});

const serverOf = ({ servers }: Membership, name: PrivateServer["name"]) =>
  servers.find((server) => server.name === name);

function toPrivateSource(folder: Folder, membership: Membership, options: StackOptions): SourceStack {
  const { dataDir, specs } = folder;
  const { mine, servers } = membership;
  const watch = watchServers(specs, servers, {
    logger: options.logger,
    revive:
      options.restart === true
        ? (spec) => withStartLock(dataDir, { timeoutMs: 600_000 }, () => ensureServer(spec))
        : null,
  });
  let released: Promise<void> | undefined;
  return {
    mariadb: toMariaDbServer(folder, serverOf(membership, "MariaDB")),
    onServerDied: watch.onDied,
    announce: mine.announce,
    socket: () => mine.socket,
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

function toMongoDbServer(
  { dataDir, mongodb }: StackFolder,
  server: PrivateServer | undefined,
): MongoDbServer {
  if (!("path" in mongodb)) return mongodb;
  if (!server) throw new TypeError("A private server was acquired before it is described.");
  const { port, version, pid } = server;
  // The stand-in calls itself by the release of MongoDB that it resembles.
  const ownVersion = mongodb.kind === "mongod" ? version : mongodb.version;
  return {
    url: toMongoDbUrl(dataDir, port),
    version: ownVersion,
    origin: mongodb.origin,
    kind: mongodb.kind,
    pid,
  };
}

/** Under the start lock: strikes this command off, and stops the servers when no other is left. */
async function leave({ dataDir, all }: Folder, mine: Registration): Promise<void> {
  mine.remove();
  if (listUsers(usersDir(dataDir)).length > 0) return;
  await Promise.all(
    all.map(async (spec) => {
      const server = findServer(spec);
      if (server) await stopServer(server);
    }),
  );
}

const lockOptions = ({ signal, logger }: StackOptions) => ({
  signal,
  onWait: () => logger.warn("waiting for another command that starts or stops the servers of this folder"),
});
