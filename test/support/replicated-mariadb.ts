import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findMariaDb } from "../../src/local/find-programs.ts";
import { describeMariaDb, toMariaDbUrl } from "../../src/local/private-mariadb.ts";
import { ensureServer, type PrivateServer, stopServer } from "../../src/local/private-server.ts";
import { type MariaDb, openMariaDb } from "../../src/stores/mariadb/mariadb.ts";

export interface ReplicatedMariaDb {
  readonly primary: MariaDb;
  readonly replica: MariaDb;
  /** Settles when the replica has all that the primary has committed. @throws the error that stopped it */
  catchUp(): Promise<void>;
  close(): Promise<void>;
}

interface Server {
  /** As it runs now. */
  process: PrivateServer;
  readonly url: string;
  readonly db: MariaDb;
  /** Starts it again after it was killed, on its port. */
  start(): Promise<void>;
}

/** Servers of their own, with options beside those of a private server; `close` ends them and removes their data. */
export async function openOwnMariaDb(
  ...options: readonly (readonly string[])[]
): Promise<{ readonly servers: readonly Server[]; close(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-mariadb-"));
  const servers: Server[] = [];
  const close = async () => {
    for (const { db, process } of servers) {
      await db.close();
      await stopServer(process);
    }
    await rm(dir, { recursive: true, force: true });
  };
  const searchPath = process.env.PATH ?? "";
  const program = findMariaDb({ searchPath });
  if (!program) throw new Error("MariaDB is not installed: run the tests by `npm test`.");
  try {
    for (const [index, own] of options.entries()) {
      const dataDir = join(dir, String(index));
      const spec = describeMariaDb(dataDir, program, searchPath);
      const start = () =>
        ensureServer({
          ...spec,
          toArguments: (port) => [
            ...spec.toArguments(port).filter((argument) => argument !== "--skip-log-bin"),
            ...own,
          ],
        });
      const running = await start();
      const url = toMariaDbUrl(dataDir, "vitrine_admin", running.port);
      const server: Server = {
        ...{ process: running, url, db: openMariaDb(url, { size: 8, multipleStatements: true }) },
        async start() {
          server.process = await start();
        },
      };
      servers.push(server);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { servers, close };
}

/** One primary and one replica that follows its binary log from the beginning. */
export async function openReplicatedMariaDb(format: "ROW" | "MIXED"): Promise<ReplicatedMariaDb> {
  const { servers, close } = await openOwnMariaDb(
    ["--server-id=1", "--log-bin=bin", `--binlog-format=${format}`, "--gtid-strict-mode=1"],
    [
      "--server-id=2",
      "--log-bin=bin",
      `--binlog-format=${format}`,
      "--gtid-strict-mode=1",
      "--log-slave-updates=1",
    ],
  );
  const [primary, replica] = servers as [Server, Server]; // one for each list of options
  try {
    const source = new URL(primary.url);
    await replica.db.query(
      `change master to master_host = '127.0.0.1', master_port = ${source.port},
        master_user = '${source.username}', master_password = '${source.password}',
        master_use_gtid = slave_pos, master_connect_retry = 1;
      start slave; set global read_only = 1`,
    );
  } catch (error) {
    await close();
    throw error;
  }
  return {
    primary: primary.db,
    replica: replica.db,
    close,
    catchUp: async () => {
      const [end] = await primary.db.query<{ gtid: string }>("select @@gtid_binlog_pos as gtid");
      const [waited] = await replica.db.query<{ result: number }>(
        "select master_gtid_wait(?, 30) as result",
        [end?.gtid],
      );
      const [status] = await replica.db.query<{ Last_SQL_Error: string; Slave_SQL_Running: string }>(
        "show slave status",
      );
      if (status?.Slave_SQL_Running !== "Yes" || Number(waited?.result) !== 0)
        throw new Error(`The replica has stopped: ${status?.Last_SQL_Error || "it is not there in 30 s"}`);
    },
  };
}
