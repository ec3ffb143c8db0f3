import type { Config } from "../config.ts";
import { VitrineError } from "../errors.ts";
import { type LoadedProject, loadProject } from "../load-project.ts";
import { acquireStack, joinStack } from "../local/acquire-stack.ts";
import type { Stack, StackOptions } from "../local/stack.ts";
import type { Logger } from "../log.ts";
import { loaderConnections } from "../mirror/loader.ts";
import type { DocumentStore } from "../stores/document-store.ts";
import { createLiveStore } from "../stores/mariadb/live-store.ts";
import { type MariaDb, openMariaDb } from "../stores/mariadb/mariadb.ts";
import { createMirrorStore } from "../stores/mongodb/mirror-store.ts";
import { type MongoDb, openMongoDb } from "../stores/mongodb/mongodb.ts";

/** A project with its servers, pools and stores, until `close()`. */
export interface App {
  readonly config: Config;
  readonly logger: Logger;
  readonly project: LoadedProject;
  readonly stack: Stack;
  /** May change the schema; several statements per query. */
  readonly admin: MariaDb;
  readonly loader: MariaDb;
  readonly reader: MariaDb;
  /** Calls procedures that write. */
  readonly writer: MariaDb;
  readonly mongo: MongoDb;
  readonly live: DocumentStore;
  readonly mirror: DocumentStore;
  /** Closes the pools and leaves the stack, which stops its private servers when nobody else uses them. */
  close(): Promise<void>;
}

/**
 * Opens everything that a command works with; starts the private servers when none run.
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

async function toApp(config: Config, project: LoadedProject, stack: Stack, logger: Logger): Promise<App> {
  const { adminUrl, loaderUrl, readerUrl, writerUrl } = stack.mariadb;
  for (const url of [adminUrl, loaderUrl, readerUrl, writerUrl])
    if (new URL(url).pathname.length < 2) {
      await stack.release();
      throw new VitrineError(
        "CONFIG_INVALID",
        "MARIADB_URL names no database. Write it at the end: mariadb://host/shop",
      );
    }
  const models = project.domains.reduce((sum, domain) => sum + domain.models.length, 0);
  const admin = openMariaDb(adminUrl, { size: 4, multipleStatements: true });
  const loader = openMariaDb(loaderUrl, { size: loaderConnections(models) });
  const reader = openMariaDb(readerUrl, { size: config.poolSize });
  const writer = openMariaDb(writerUrl, { size: config.poolSize, callsProcedures: true });
  const mongo = openMongoDb(stack.mongodb.url);
  let closed: Promise<void> | undefined;
  const close = async () => {
    await Promise.allSettled([admin, loader, reader, writer, mongo].map((one) => one.close()));
    await stack.release();
  };
  return {
    config,
    logger,
    project,
    stack,
    admin,
    loader,
    reader,
    writer,
    mongo,
    live: createLiveStore(reader),
    mirror: createMirrorStore(mongo),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
