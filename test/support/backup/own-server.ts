import { copyFile, cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findMariaDb } from "../../../src/local/find-programs.ts";
import { describeMariaDb, toMariaDbUrl } from "../../../src/local/private-mariadb.ts";
import { ensureServer, stopServer } from "../../../src/local/private-server.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";

/** A server with a data folder of its own, until `close()`. */
export interface OwnServer {
  /** As its administrator, with the database `vitrine`. */
  readonly url: string;
  readonly db: MariaDb;
  /** Its data. */
  readonly data: string;
  /** URL of another account of its database. */
  urlOf(account: "vitrine_loader" | "vitrine_reader" | "vitrine_writer"): string;
  /** Ends it, and keeps its data. */
  stop(): Promise<void>;
  /** The same as a machine does that loses power: it has no time for anything. */
  kill(): Promise<void>;
  /** Ends it and removes all. */
  close(): Promise<void>;
}

/**
 * Starts a server. `copy`: a data folder that it goes on with, and whose passwords it has; default: an empty one.
 */
export async function openOwnServer(
  options: readonly string[],
  copy?: { readonly data: string; readonly accountsOf: OwnServer },
): Promise<OwnServer> {
  const searchPath = process.env.PATH ?? "";
  const program = findMariaDb({ searchPath });
  if (!program) throw new Error("MariaDB is not installed: run the tests by `npm test`.");
  const dir = await mkdtemp(join(tmpdir(), "vitrine-own-"));
  const data = join(dir, "mariadb", "data");
  if (copy) {
    await mkdir(join(dir, "mariadb"), { recursive: true });
    await cp(copy.data, data, { recursive: true });
    await copyFile(join(copy.accountsOf.data, "accounts.json"), join(data, "accounts.json"));
  }
  const spec = describeMariaDb(dir, program, searchPath);
  const server = await ensureServer({
    ...spec,
    toArguments: (port) => [
      ...spec.toArguments(port).filter((argument) => argument !== "--skip-log-bin"),
      ...options,
    ],
  });
  const url = toMariaDbUrl(dir, "vitrine_admin", server.port);
  const db = openMariaDb(url, { size: 8, multipleStatements: true });
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    await db.close();
    await stopServer(server);
  };
  return {
    ...{ url, db, data, stop },
    urlOf: (account) => toMariaDbUrl(dir, account, server.port),
    async kill() {
      process.kill(server.pid, "SIGKILL");
      await stop();
    },
    async close() {
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
