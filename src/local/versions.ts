import { VitrineError } from "../errors.ts";

/** First fixed release of each supported series: older ones have bugs in JSON and the optimizer that we met. */
const mariadbFloors: readonly string[] = ["10.11.19", "11.4.13", "11.8.9"];
const mongodbFloor = "6.0.0";

/** What a MariaDB has to be, for people. */
export const mariadbNeeded = `${mariadbFloors.join(", ")} or newer`;

/** `10.11.19-MariaDB-0+deb12u1` → `10.11.19`; null when there is no version in the text. */
export const findVersion = (text: string): string | null => /\d+\.\d+\.\d+/.exec(text)?.[0] ?? null;

/** Negative when `a` is older. Numbers are compared as numbers. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A series without a floor of its own counts as fixed when it is newer than the last one listed. */
export function isMariaDbSupported(version: string): boolean {
  const series = version.split(".").slice(0, 2).join(".");
  const floor = mariadbFloors.find((one) => one.startsWith(`${series}.`)) ?? mariadbFloors.at(-1) ?? "";
  return compareVersions(version, floor) >= 0;
}

/** Whether a server of this version has all that the mirror needs. */
export const isMongoDbSupported = (version: string): boolean => compareVersions(version, mongodbFloor) >= 0;

/**
 * The number of a MariaDB from what it calls its version.
 * @throws VitrineError SETUP_FAILED for MySQL, and whatever else is no MariaDB
 */
export function readVersionOfMariaDb(text: string): string {
  if (/mariadb/i.test(text)) return findVersion(text) ?? "unknown";
  throw new VitrineError(
    "SETUP_FAILED",
    `The server calls itself ${text}: it is MySQL, or another that is no MariaDB, and lacks what Vitrine needs (\`create or replace trigger\`, system versioning). Replicate the tables into a MariaDB, and name that.`,
  );
}

const waysToMariaDb = `Install MariaDB ${mariadbNeeded} (Debian: apt-get install mariadb-server-core mariadb-client-core), or set MARIADB_URL.`;

/** What a person can do who has no MariaDB, or one that is too old. */
export function mariadbMissing(found: string | null): VitrineError {
  const problem = found === null ? "MariaDB is not installed." : `MariaDB ${found} is too old.`;
  return new VitrineError("SETUP_FAILED", `${problem} ${waysToMariaDb}`, { details: { found } });
}

/** The error that names every way to a MongoDB server. */
export const mongodbMissing = (): VitrineError =>
  new VitrineError(
    "SETUP_FAILED",
    "No MongoDB server was found. Set MONGODB_URL, or install mongod 6.0 or newer, or run `npm start` with network: it downloads mongod, or builds secantusd-rs where cargo, a C compiler and cmake are installed.",
  );
