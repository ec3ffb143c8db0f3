import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Config } from "../config.ts";
import {
  compareVersions,
  findVersion,
  isMariaDbSupported,
  isMongoDbSupported,
  mariadbMissing,
} from "./versions.ts";

export interface Program {
  readonly path: string;
  readonly version: string;
}

export interface MongoDbProgram extends Program {
  readonly kind: "mongod" | "secantusd-rs";
  /** Where it came from, for people. */
  readonly origin: string;
}

/** Release of the stand-in that the mirror was measured with. */
export const secantusdVersion = "0.5.3-beta.196";

/** Where to look for programs. */
export type ProgramPlaces = Pick<Config, "searchPath" | "cacheDir">;

/** Full path of a program on PATH (and in the folders of system programs, which users often lack). */
export function findOnPath(name: string, searchPath: string): string | null {
  const folders = [...searchPath.split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return (
    folders
      .filter(Boolean)
      .map((folder) => join(folder, name))
      .find(isExecutable) ?? null
  );
}

/**
 * The installed MariaDB server; null when there is none.
 * @throws VitrineError SETUP_FAILED when it is older than the floor.
 */
export function findMariaDb({ searchPath }: Pick<ProgramPlaces, "searchPath">): Program | null {
  const path = findOnPath("mariadbd", searchPath) ?? findOnPath("mysqld", searchPath);
  if (path === null) return null;
  const printed = printVersion(path);
  const version = printed.includes("MariaDB") ? findVersion(printed) : null;
  if (version === null) return null;
  if (!isMariaDbSupported(version)) throw mariadbMissing(version);
  return { path, version };
}

/** The MongoDB server that this machine has: `mongod` on PATH, else what set-up left in the cache. */
export function findMongoDb({ searchPath, cacheDir }: ProgramPlaces): MongoDbProgram | null {
  const installed = readMongod(findOnPath("mongod", searchPath));
  if (installed) return { ...installed, kind: "mongod", origin: `mongod on PATH (${installed.path})` };
  const cached = readNames(cacheDir)
    .filter((name) => name.startsWith("mongod-"))
    .map((name) => readMongod(join(cacheDir, name, "bin", "mongod")))
    .filter((program) => program !== null)
    .sort((a, b) => compareVersions(b.version, a.version))[0];
  if (cached) return { ...cached, kind: "mongod", origin: `mongod, downloaded (${cached.path})` };
  const path = join(cacheDir, `secantusd-${secantusdVersion}`, "bin", "secantusd-rs");
  if (!isExecutable(path)) return null;
  return {
    path,
    version: secantusdVersion,
    kind: "secantusd-rs",
    origin: `secantusd-rs, built from crates.io (${path})`,
  };
}

function readMongod(path: string | null): Program | null {
  if (path === null || !isExecutable(path)) return null;
  const version = findVersion(printVersion(path));
  return version !== null && isMongoDbSupported(version) ? { path, version } : null;
}

function printVersion(path: string): string {
  try {
    return execFileSync(path, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const readNames = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);
