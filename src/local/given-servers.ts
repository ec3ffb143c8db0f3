import { readMariaDbVersion } from "./private-mariadb.ts";
import { readMongoDbServer } from "./private-mongodb.ts";
import type { MariaDbServer, MongoDbServer, StackConfig } from "./stack.ts";
import { isMariaDbSupported, mariadbMissing } from "./versions.ts";

/**
 * The MariaDB that the configuration names; null when it names none.
 * @throws VitrineError SETUP_FAILED when it is older than the floor, SOURCE_UNAVAILABLE
 */
export async function readGivenMariaDb(config: StackConfig): Promise<MariaDbServer | null> {
  const { mariadbUrl, mariadbLoaderUrl, mariadbReaderUrl, mariadbWriterUrl } = config;
  if (mariadbUrl === undefined) return null;
  const version = await readMariaDbVersion(mariadbUrl);
  if (!isMariaDbSupported(version)) throw mariadbMissing(version);
  return {
    adminUrl: mariadbUrl,
    loaderUrl: mariadbLoaderUrl ?? mariadbUrl,
    readerUrl: mariadbReaderUrl ?? mariadbUrl,
    writerUrl: mariadbWriterUrl ?? mariadbUrl,
    version,
    origin: "MARIADB_URL",
  };
}

/** The MongoDB that the configuration names; null when it names none. It may be away: so may the mirror. */
export async function readGivenMongoDb(config: StackConfig): Promise<MongoDbServer | null> {
  if (config.mongodbUrl === undefined) return null;
  const server = await readMongoDbServer(config.mongodbUrl).catch(() => ({
    version: "unknown",
    kind: "unknown" as const,
  }));
  return { url: config.mongodbUrl, origin: "MONGODB_URL", ...server };
}
