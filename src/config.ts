import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { type AdmissionSettings, admissionSettings, readAdmissionSettings } from "./admission-settings.ts";
import {
  type AlertSettings,
  alertSettings,
  findReceiverProblems,
  readAlertSettings,
} from "./alert-settings.ts";
import { type AuthSettings, authSettings, findAuthProblems, readAuthSettings } from "./auth-settings.ts";
import { isOrigin, optionalUrl, splitList, whole } from "./config-values.ts";
import { VitrineError } from "./errors.ts";
import { type FileLimits, fileSettings, findFileProblems, readFileLimits } from "./file-settings.ts";
import { readS3, type S3Account, s3Settings } from "./s3-settings.ts";
import { readSecretFiles, secretFileSettings } from "./secret-settings.ts";
import { findServingProblems, readServing, type Serving, servingSettings } from "./serving-settings.ts";

/** Commands that run for long and are watched by their log: they say more than others when nobody sets LOG_LEVEL. */
export const loggedCommands: readonly string[] = ["serve", "mirror", "schedule"];

/** The level of a command's log lines when LOG_LEVEL is not set. */
export const defaultLogLevel = (command: string): "info" | "warn" =>
  loggedCommands.includes(command) ? "info" : "warn";

/** Every variable that Vitrine reads, with its default; the description is printed in the reference. */
export const configSchema = z.object({
  MARIADB_URL: optionalUrl(["mariadb", "mysql"]).describe(
    "MariaDB database with the right to change its schema, e.g. `mariadb://user:password@host:3306/shop`. Several servers with commas between (`@a:3306,b:3306/shop`): the one that takes writes, also when that changes; so in the three below. Default: a private server in the data folder.",
  ),
  MARIADB_LOADER_URL: optionalUrl(["mariadb", "mysql"]).describe(
    "The same database as the account of the loader (member of the role `<database>_loader_role`). Default: `MARIADB_URL`.",
  ),
  MARIADB_READER_URL: optionalUrl(["mariadb", "mysql"]).describe(
    "The same database as the account that answers queries (member of the role `<database>_reader_role`). Default: `MARIADB_URL`, which `vitrine serve` needs for nothing else.",
  ),
  MARIADB_READ_URL: optionalUrl(["mariadb", "mysql"]).describe(
    "Replicas of the database, or nodes of its cluster, as the account that answers queries; several with commas between. They answer live reads and `asOf` of `vitrine serve`, and `vitrine export`, in turns, while they are near enough. Default: none.",
  ),
  VITRINE_READ_MAX_LAG_MS: whole(2000, 0, 3_600_000).describe(
    "A server of `MARIADB_READ_URL` that is further behind the primary answers nothing.",
  ),
  MARIADB_WRITER_URL: optionalUrl(["mariadb", "mysql"]).describe(
    "The same database as the account that calls procedures which write (member of the role `<database>_writer_role`). Default: `MARIADB_URL`, which `vitrine serve` needs for nothing else.",
  ),
  MONGODB_URL: optionalUrl(["mongodb", "mongodb+srv"]).describe(
    "MongoDB deployment and database of the mirror, e.g. `mongodb://host:27017/shop`. Default: a private server in the data folder.",
  ),
  VITRINE_SHARD: z
    .enum(["hashed"])
    .optional()
    .describe(
      "`hashed`: collections of the mirror are spread over the shards of a cluster by the hash of the documents' ids, before their first document; `MONGODB_URL` then names its routers. Default: they are not.",
    ),
  VITRINE_DATA_DIR: z
    .string()
    .min(1)
    .default(".vitrine")
    .describe("Folder of the private servers, their data and logs."),
  VITRINE_PROJECT: z
    .string()
    .min(1)
    .default("vitrine.config.ts")
    .describe("Project file: the domains, their models and where their SQL is."),
  HOST: z.string().min(1).default("127.0.0.1").describe("Address that the GraphQL server listens on."),
  PORT: whole(4000, 0, 65_535).describe("Port of the GraphQL server; 0 takes a free one."),
  VITRINE_ALLOWED_HOSTS: z
    .string()
    .optional()
    .describe(
      "Names, with commas between, that a request may call the server by (`Host`), beside `localhost`, `HOST` and addresses; `.shop.example`: all below it; `*`: any. Default: none while `HOST` is of this machine only, else any.",
    ),
  VITRINE_ALLOWED_ORIGINS: z
    .string()
    .refine((list) => splitList(list).every(isOrigin), {
      message: "must be origins with commas between, such as `https://shop.example`, or `*`",
    })
    .optional()
    .describe(
      "Origins of web pages, with commas between, that may read answers of `/graphql` and open its WebSocket, beside the server's own: `https://shop.example`; `*`: any. Default: none.",
    ),
  ...authSettings,
  ...servingSettings,
  VITRINE_EXPLAIN: z
    .string()
    .refine((value) => value === "on" || value === "off" || value.length >= 16, {
      message: "must be on, off, or a key of at least 16 characters",
    })
    .optional()
    .describe(
      "Who is told how an answer was made (`x-vitrine-explain: 1`): `on`: whoever asks; `off`: nobody; else a key of at least 16 characters, which they send in place of the 1. Default: who asks on this machine without a proxy, while `HOST` is of this machine only.",
    ),
  VITRINE_SLOW_QUERY_MS: whole(1000, 0, 600_000).describe(
    "An operation that takes longer is logged at level warn, with its text without values; 0: none is.",
  ),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("warn")
    .describe(
      `Least severity of the JSON log lines on standard error; default of ${loggedCommands.join(" and ")}: info.`,
    ),
  VITRINE_MAX_STALENESS_MS: whole(10_000, 0, 86_400_000).describe(
    "`source: AUTO` reads live when the mirror lags more than this and the query states no `maxStaleness`.",
  ),
  VITRINE_VERIFY_SHARE: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe("Share of each model that the loader's verifier compares per minute; 0 turns it off."),
  VITRINE_QUERY_TIMEOUT_MS: whole(10_000, 10, 600_000).describe("Longest time a query may take in a store."),
  VITRINE_MAX_DEPTH: whole(12, 1, 100).describe("Deepest nesting of a query."),
  VITRINE_MAX_COST: whole(200_000, 100, 10_000_000).describe(
    "Highest cost of a query; the reference says how it is counted.",
  ),
  VITRINE_MAX_VALUES: whole(500_000, 1000, 100_000_000).describe(
    "Most values that one answer may hold: fields of documents, however nested.",
  ),
  VITRINE_MAX_ANSWER_BYTES: whole(16_000_000, 10_000, 500_000_000).describe(
    "Most bytes that one answer may have, about.",
  ),
  ...admissionSettings,
  ...fileSettings,
  VITRINE_POOL_SIZE: whole(10, 1, 500).describe("MariaDB connections that answer queries."),
  VITRINE_LOADER_CONNECTIONS: whole(14, 10, 500).describe(
    "MariaDB connections of a loader, however many models it keeps.",
  ),
  ...alertSettings,
  ...s3Settings,
  ...secretFileSettings,
});

type Env = z.output<typeof configSchema>;

/** Settings, parsed once: configSchema. */
export interface Config extends AdmissionSettings {
  readonly mariadbUrl: string | undefined;
  readonly mariadbLoaderUrl: string | undefined;
  readonly mariadbReaderUrl: string | undefined;
  readonly mariadbWriterUrl: string | undefined;
  /** Of replicas. */
  readonly mariadbReadUrl: string | undefined;
  readonly readMaxLagMs: number;
  readonly mongodbUrl: string | undefined;
  /** How the mirror is spread over shards; null: it is not. */
  readonly sharding: "hashed" | null;
  /** Absolute. */
  readonly dataDir: string;
  /** Absolute. */
  readonly projectFile: string;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly auth: AuthSettings;
  readonly serving: Serving;
  readonly auditDays: number;
  /** `on`, `off` or a key; undefined: as it is reached. */
  readonly explain: string | undefined;
  /** Undefined: none is slow. */
  readonly slowQueryMs: number | undefined;
  readonly logLevel: Env["LOG_LEVEL"];
  readonly maxStalenessMs: number;
  readonly verifyShare: number;
  readonly queryTimeoutMs: number;
  readonly maxDepth: number;
  readonly maxCost: number;
  readonly maxValues: number;
  readonly maxAnswerBytes: number;
  /** Of files over HTTP. */
  readonly files: FileLimits;
  readonly poolSize: number;
  readonly loaderConnections: number;
  readonly alerts: AlertSettings;
  /** Account and server of buckets; null: no account is named. */
  readonly s3: S3Account | null;
  /** Folders that programs are looked for in, as in PATH. Of the user, no setting of ours. */
  readonly searchPath: string;
  /** Absolute. Programs that set-up fetched, shared by all checkouts of a user. */
  readonly cacheDir: string;
}

/**
 * Parses an environment; reads the files of secrets that it names, and else is pure. Empty values count as absent.
 * @throws VitrineError CONFIG_INVALID that lists all problems at once.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const { env: given, problems: unreadable } = readSecretFiles(
    Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) =>
        value === undefined || value === "" ? [] : [[name, value]],
      ),
    ),
  );
  const parsed = configSchema.safeParse(given);
  const problems = [
    ...unreadable,
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    ...findReceiverProblems(given),
    ...findAuthProblems(given),
    ...findServingProblems(given),
    ...(parsed.success ? findFileProblems(parsed.data.VITRINE_MAX_FILES, parsed.data.VITRINE_POOL_SIZE) : []),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new VitrineError("CONFIG_INVALID", `The configuration is wrong.\n  ${problems.join("\n  ")}`, {
      details: { problems },
    });
  }
  const e = parsed.data;
  return {
    mariadbUrl: e.MARIADB_URL,
    mariadbLoaderUrl: e.MARIADB_LOADER_URL ?? e.MARIADB_URL,
    mariadbReaderUrl: e.MARIADB_READER_URL ?? e.MARIADB_URL,
    mariadbWriterUrl: e.MARIADB_WRITER_URL ?? e.MARIADB_URL,
    ...{ mariadbReadUrl: e.MARIADB_READ_URL, readMaxLagMs: e.VITRINE_READ_MAX_LAG_MS },
    mongodbUrl: e.MONGODB_URL,
    sharding: e.VITRINE_SHARD ?? null,
    dataDir: resolve(e.VITRINE_DATA_DIR),
    projectFile: resolve(e.VITRINE_PROJECT),
    host: e.HOST,
    port: e.PORT,
    allowedHosts: splitList(e.VITRINE_ALLOWED_HOSTS ?? ""),
    allowedOrigins: splitList(e.VITRINE_ALLOWED_ORIGINS ?? ""),
    auth: readAuthSettings(e),
    ...{ serving: readServing(e), auditDays: e.VITRINE_AUDIT_DAYS },
    explain: e.VITRINE_EXPLAIN,
    slowQueryMs: e.VITRINE_SLOW_QUERY_MS || undefined,
    logLevel: e.LOG_LEVEL,
    maxStalenessMs: e.VITRINE_MAX_STALENESS_MS,
    verifyShare: e.VITRINE_VERIFY_SHARE,
    queryTimeoutMs: e.VITRINE_QUERY_TIMEOUT_MS,
    maxDepth: e.VITRINE_MAX_DEPTH,
    maxCost: e.VITRINE_MAX_COST,
    maxValues: e.VITRINE_MAX_VALUES,
    maxAnswerBytes: e.VITRINE_MAX_ANSWER_BYTES,
    ...readAdmissionSettings(e),
    files: readFileLimits(e),
    poolSize: e.VITRINE_POOL_SIZE,
    loaderConnections: e.VITRINE_LOADER_CONNECTIONS,
    alerts: readAlertSettings(e),
    s3: readS3(e),
    searchPath: given.PATH ?? "",
    cacheDir: resolve(given.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "vitrine"),
  };
}
