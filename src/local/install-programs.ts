import type { Config } from "../config.ts";
import { VitrineError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { buildSecantusd } from "./build-secantusd.ts";
import { downloadMongod } from "./download-mongod.ts";
import { findMariaDb, findMongoDb, findOnPath } from "./find-programs.ts";
import { findAptPrefix, installPackages, readAptCandidate } from "./install-package.ts";
import { findVersion, isMariaDbSupported, mariadbMissing, mongodbMissing } from "./versions.ts";

export { installGalera } from "./galera.ts";

export interface InstallOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
  /** One line for people. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

type Places = Pick<Config, "searchPath" | "cacheDir" | "mariadbUrl" | "mongodbUrl">;

/**
 * Installs the servers that this machine lacks; says which it found.
 * @throws VitrineError SETUP_FAILED with the ways out
 */
export async function installServers(config: Places, options: InstallOptions): Promise<void> {
  // Both are awaited, also when one fails: package installs must not be cut off.
  const results = await Promise.allSettled([ensureMariaDb(config, options), ensureMongoDb(config, options)]);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

async function ensureMariaDb(config: Places, { env, progress, say }: InstallOptions): Promise<void> {
  if (config.mariadbUrl !== undefined) return say("MariaDB: the one that MARIADB_URL names");
  const found = findMariaDb(config);
  if (found) return say(`MariaDB: ${found.version} (${found.path})`);
  const prefix = await findAptPrefix(env);
  if (!prefix) throw mariadbMissing(null);
  const step = progress.start("Installing MariaDB");
  try {
    const candidate = await readAptCandidate("mariadb-server-core", prefix, env);
    const version = candidate === null ? null : findVersion(candidate);
    if (version === null || !isMariaDbSupported(version)) throw mariadbMissing(version);
    await installPackages(["mariadb-server-core", "mariadb-client-core"], prefix, env);
  } finally {
    step.end();
  }
  const installed = findMariaDb(config);
  if (!installed) throw mariadbMissing(null);
  say(`MariaDB: ${installed.version}, installed (${installed.path})`);
}

async function ensureMongoDb(config: Places, options: InstallOptions): Promise<void> {
  const { say } = options;
  if (config.mongodbUrl !== undefined) return say("MongoDB: the one that MONGODB_URL names");
  const found = findMongoDb(config);
  if (found) return say(`MongoDB: ${found.version} from ${found.origin}`);
  for (const way of [downloadMongod, buildSecantusd]) {
    const reason = await way(config, options);
    const program = findMongoDb(config);
    if (program) return say(`MongoDB: ${program.version} from ${program.origin}`);
    say(`MongoDB: ${reason ?? "what was installed does not run here"}`);
  }
  throw mongodbMissing();
}

/** Programs that headless browser tests use, the first found. */
const browsers = ["chromium-headless-shell", "chromium", "google-chrome"];

/** Installs a headless Chromium when there is none: for the browser tests. */
export async function installBrowser(
  config: Pick<Config, "searchPath">,
  options: InstallOptions,
): Promise<void> {
  const { env, progress, say } = options;
  const find = () =>
    browsers.map((name) => findOnPath(name, config.searchPath)).find((path) => path !== null);
  const found = find();
  if (found) return say(`Chromium: ${found}`);
  const missing = new VitrineError(
    "SETUP_FAILED",
    "Chromium is not installed. Install it (Debian: apt-get install chromium-headless-shell, or chromium).",
  );
  const prefix = await findAptPrefix(env);
  if (!prefix) throw missing;
  const step = progress.start("Installing Chromium");
  try {
    const hasShell = (await readAptCandidate("chromium-headless-shell", prefix, env)) !== null;
    await installPackages([hasShell ? "chromium-headless-shell" : "chromium"], prefix, env);
  } finally {
    step.end();
  }
  const path = find();
  if (!path) throw missing;
  say(`Chromium: installed (${path})`);
}
