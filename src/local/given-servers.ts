import { VitrineError } from "../errors.ts";
import { changeAddress, toSingleAddresses } from "../stores/mariadb/address-hosts.ts";
import { readMariaDbUrl } from "../stores/mariadb/mariadb-url.ts";
import { readMariaDbVersion } from "./private-mariadb.ts";
import { readMongoDbServer } from "./private-mongodb.ts";
import type { MariaDbServer, MongoDbServer, SourceStack, Stack, StackConfig } from "./stack.ts";
import { givenUsersDir, listUsers, type Registration, registerUser, type StackUser } from "./stack-users.ts";
import { isMariaDbSupported, mariadbMissing } from "./versions.ts";

/**
 * The MariaDB that the configuration names, for one account or more; null when it names none.
 * @throws VitrineError SETUP_FAILED when it is older than the floor, SOURCE_UNAVAILABLE, CONFIG_INVALID
 */
export async function readGivenMariaDb(config: StackConfig): Promise<MariaDbServer | null> {
  const { mariadbUrl, mariadbLoaderUrl, mariadbReaderUrl, mariadbWriterUrl } = config;
  const urls = [mariadbUrl, mariadbReaderUrl, mariadbWriterUrl, mariadbLoaderUrl].filter(
    (url) => url !== undefined,
  );
  const [first] = urls;
  if (first === undefined) return null;
  // Before anything is opened or started.
  for (const url of urls) for (const one of toSingleAddresses(url)) readMariaDbUrl(one);
  // Without the database: on a new one an account has no rights before the first `migrate up`.
  const version = await readMariaDbVersion(
    changeAddress(first, (url) => {
      url.pathname = "/";
    }),
  );
  if (!isMariaDbSupported(version)) throw mariadbMissing(version);
  const given = (url: string | undefined, variable: string): string => {
    if (url !== undefined) return url;
    throw new VitrineError(
      "CONFIG_INVALID",
      `This command needs an account that is not named: set ${variable}.`,
    );
  };
  return {
    get adminUrl() {
      return given(mariadbUrl, "MARIADB_URL");
    },
    get loaderUrl() {
      return given(mariadbLoaderUrl, "MARIADB_LOADER_URL or MARIADB_URL");
    },
    get readerUrl() {
      return given(mariadbReaderUrl, "MARIADB_READER_URL or MARIADB_URL");
    },
    get writerUrl() {
      return given(mariadbWriterUrl, "MARIADB_WRITER_URL or MARIADB_URL");
    },
    version,
    origin: "MARIADB_URL",
  };
}

/**
 * The MongoDB that the configuration names; null when it names none. It may be away: so may the mirror.
 * @throws VitrineError CONFIG_INVALID for a URL that the driver refuses
 */
export async function readGivenMongoDb(config: StackConfig): Promise<MongoDbServer | null> {
  if (config.mongodbUrl === undefined) return null;
  const server = await readMongoDbServer(config.mongodbUrl).catch((error: unknown) => {
    if (error instanceof VitrineError && error.code === "CONFIG_INVALID") throw error;
    return { version: "unknown", kind: "unknown" as const };
  });
  return { url: config.mongodbUrl, origin: "MONGODB_URL", ...server };
}

/** A MariaDB that was given: nothing to start, to stop or to tell. */
export const toGivenSource = (mariadb: MariaDbServer): SourceStack => ({
  mariadb,
  onServerDied: () => {},
  announce: () => {},
  socket: () => null,
  users: () => [],
  release: async () => {},
});

/**
 * A stack of servers that were all given: nothing to start or to stop. What serves GraphQL from this data folder on
 * these very databases is written there, apart from the users of private servers, so that other commands find it.
 */
export function toGivenStack(
  { dataDir }: Pick<StackConfig, "dataDir">,
  mariadb: MariaDbServer,
  mongodb: MongoDbServer,
): Stack {
  const folder = givenUsersDir(dataDir, mariadb.readerUrl, mongodb.url);
  let mine: Registration | undefined;
  // Kept as well: where no folder can be written (a container that is read-only) this command knows itself all the same.
  let self: StackUser = { pid: process.pid };
  const register = (): Registration | undefined => {
    try {
      mine ??= registerUser(folder);
      mine.announce(self);
    } catch {
      mine = undefined;
    }
    return mine;
  };
  return {
    mariadb,
    mongodb,
    onServerDied: () => {},
    announce(facts) {
      self = { ...self, ...facts };
      register();
    },
    socket: () => register()?.socket ?? null,
    users: () => [...(mine ? [] : [self]), ...listUsers(folder)],
    release: async () => mine?.remove(),
  };
}
