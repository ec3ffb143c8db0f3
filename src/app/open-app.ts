import type { Config } from "../config.ts";
import { VitrineError } from "../errors.ts";
import { type LoadedProject, loadProject } from "../load-project.ts";
import { acquireSource, acquireStack, joinStack } from "../local/acquire-stack.ts";
import type { SourceStack, Stack, StackOptions } from "../local/stack.ts";
import type { Logger } from "../log.ts";
import type { DocumentStore } from "../stores/document-store.ts";
import { createLiveStore } from "../stores/mariadb/live-store.ts";
import { type MariaDb, type MariaDbOptions, openMariaDb } from "../stores/mariadb/mariadb.ts";
import { shareHosts } from "../stores/mariadb/share-hosts.ts";
import { createMirrorStore } from "../stores/mongodb/mirror-store.ts";
import { type MongoDb, openMongoDb } from "../stores/mongodb/mongodb.ts";
import { type OpenReplicas, openReplicas } from "./open-replicas.ts";

/**
 * A project with MariaDB, until `close()`. The pool of an account is opened when it is asked for first: a command works
 * as those accounts that it names, and needs no others.
 */
export interface Source {
  readonly config: Config;
  readonly logger: Logger;
  readonly project: LoadedProject;
  readonly stack: SourceStack;
  /** May change the schema; several statements per query. */
  readonly admin: MariaDb;
  readonly loader: MariaDb;
  readonly reader: MariaDb;
  /** Calls procedures that write. */
  readonly writer: MariaDb;
  /** Reads as `reader`, or from the replica that a read names. */
  readonly live: DocumentStore;
  /** Servers that may answer in place of `reader`; undefined: no setting names any. Opened when asked for first. */
  readonly replicas: OpenReplicas | undefined;
  /** Closes the pools and leaves the stack, which stops its private servers when nobody else uses them. */
  close(): Promise<void>;
}

/** The same with MongoDB. */
export interface App extends Source {
  readonly stack: Stack;
  readonly mongo: MongoDb;
  readonly mirror: DocumentStore;
}

/**
 * Opens what a command works with that does nothing with the mirror; starts the private MariaDB when it does not run.
 * @throws VitrineError CONFIG_INVALID, and those of acquireStack
 */
export async function openSource(config: Config, options: StackOptions): Promise<Source> {
  const project = await loadProject(config.projectFile);
  return toSource(config, project, await acquireSource(config, options), options.logger);
}

/**
 * Opens what a command works with; starts the private servers when none run.
 * @throws VitrineError CONFIG_INVALID, and those of acquireStack
 */
export async function openApp(config: Config, options: StackOptions): Promise<App> {
  const project = await loadProject(config.projectFile);
  return toApp(config, project, await acquireStack(config, options), options.logger);
}

/** The same over the stack that runs in the data folder; null when none does. Starts nothing. */
export async function joinApp(config: Config, options: StackOptions): Promise<App | null> {
  const project = await loadProject(config.projectFile);
  const stack = await joinStack(config, options);
  return stack && toApp(config, project, stack, options.logger);
}

function toSource(config: Config, project: LoadedProject, stack: SourceStack, logger: Logger): Source {
  const { mariadb } = stack;
  const hosts = shareHosts();
  const openAt = (url: string, options: MariaDbOptions) => openMariaDb(url, { ...options, ...hosts.of(url) });
  const open = {
    admin: () => openAt(mariadb.adminUrl, { size: 4, multipleStatements: true }),
    loader: () => openAt(mariadb.loaderUrl, { size: config.loaderConnections }),
    // Another gateway may write through another node of a cluster.
    reader: () => openAt(mariadb.readerUrl, { size: config.poolSize, awaitsCluster: true }),
    writer: () => openAt(mariadb.writerUrl, { size: config.poolSize, callsProcedures: true }),
  };
  const pools = new Map<keyof typeof open, MariaDb>();
  const pool = (account: keyof typeof open): MariaDb => {
    const known = pools.get(account);
    if (known) return known;
    const opened = open[account]();
    pools.set(account, opened);
    if (opened.database !== "") return opened;
    throw new VitrineError(
      "CONFIG_INVALID",
      "MARIADB_URL names no database. Write it at the end: mariadb://host/shop",
    );
  };
  let live: DocumentStore | undefined;
  let withHistory: Promise<ReadonlySet<string>> | undefined;
  const keepsAll = async (table: string) => {
    withHistory ??= readTables(project);
    return (await withHistory).has(table);
  };
  const openLive = (reader: MariaDb) => createLiveStore(reader, keepsAll);
  let replicas: OpenReplicas | undefined;
  const openedReplicas = (): OpenReplicas | undefined => {
    if (config.mariadbReadUrl !== undefined)
      replicas ??= openReplicas(config.mariadbReadUrl, pool("reader"), config, openLive);
    return replicas;
  };
  return {
    ...{ config, logger, project, stack },
    get admin() {
      return pool("admin");
    },
    get loader() {
      return pool("loader");
    },
    get reader() {
      return pool("reader");
    },
    get writer() {
      return pool("writer");
    },
    get live() {
      live ??= openedReplicas()?.live ?? openLive(pool("reader"));
      return live;
    },
    get replicas() {
      return openedReplicas();
    },
    close: closeOnce(async () => {
      hosts.close();
      await replicas?.close();
      await Promise.allSettled([...pools.values()].map((one) => one.close()));
      await stack.release();
    }),
  };
}

function toApp(config: Config, project: LoadedProject, stack: Stack, logger: Logger): App {
  const source = toSource(config, project, stack, logger);
  const mongo = openMongoDb(stack.mongodb.url, { sharding: config.sharding });
  const close = closeOnce(async () => {
    await mongo.close().catch(() => {});
    await source.close();
  });
  const added: Omit<App, Exclude<keyof Source, "stack" | "close">> = {
    ...{ stack, mongo, mirror: createMirrorStore(mongo), close },
  };
  // On top of the source, not a copy of it: copying would open every pool.
  return Object.assign(Object.create(source), added);
}

/** Those of which the project knows that they have kept their history from their first row on. */
async function readTables({ sqlDir, domains }: LoadedProject): Promise<ReadonlySet<string>> {
  // Loaded here: few ask for the past.
  const { readTablesWithHistory } = await import("../migrations/tables-with-history.ts");
  const names = domains.map(({ name }) => name);
  return readTablesWithHistory(sqlDir, names);
}

function closeOnce(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () => {
    closed ??= close();
    return closed;
  };
}
