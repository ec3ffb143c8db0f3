import type { Config } from "../config.ts";
import type { VitrineError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { Progress } from "../progress.ts";
import type { StackUser } from "./stack-users.ts";

/** The source's server, ready to be used until `release()`. */
export interface SourceStack {
  readonly mariadb: MariaDbServer;
  /** Calls back when a private server ends by itself, with the end of its log. */
  onServerDied(listener: (error: VitrineError) => void): void;
  /** Tells the other commands of this folder what this one does. */
  announce(facts: Omit<StackUser, "pid">): void;
  /** Where this command may tell others of this folder about itself; null where no folder can be written. */
  socket(): string | null;
  /** The commands that use the private servers now; of given servers those that told what they do. */
  users(): readonly StackUser[];
  /** Leaves; the last one of the folder stops its private servers. Calling it again does nothing. */
  release(): Promise<void>;
}

/** Both database servers. */
export interface Stack extends SourceStack {
  readonly mongodb: MongoDbServer;
}

/** A URL that the configuration lacks throws CONFIG_INVALID when it is asked for: each command needs its own. */
export interface MariaDbServer {
  /** May change the schema. */
  readonly adminUrl: string;
  readonly loaderUrl: string;
  readonly readerUrl: string;
  /** Calls procedures that write. */
  readonly writerUrl: string;
  readonly version: string;
  /** Where the server came from, for people. */
  readonly origin: string;
  /** Of a private server, when it was acquired. */
  readonly pid?: number;
}

export interface MongoDbServer {
  readonly url: string;
  /** `unknown` when the server given by URL does not answer: the mirror may be away. */
  readonly version: string;
  readonly origin: string;
  readonly kind: "mongod" | "secantusd-rs" | "unknown";
  readonly pid?: number;
}

export interface StackOptions {
  readonly logger: Logger;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** Start a private server again when it dies, on its old port. Default: report it only. */
  readonly restart?: boolean;
}

export type StackConfig = Pick<
  Config,
  | "mariadbUrl"
  | "mariadbLoaderUrl"
  | "mariadbReaderUrl"
  | "mariadbWriterUrl"
  | "mongodbUrl"
  | "dataDir"
  | "searchPath"
  | "cacheDir"
>;
