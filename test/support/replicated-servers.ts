import { setTimeout as sleep } from "node:timers/promises";
import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { openOwnMariaDb } from "./replicated-mariadb.ts";

/** Of an account that every server has. */
const account = { user: "failover", password: "failover-7" };

/** A server of the set: the first one is the primary at the beginning. */
export interface ReplicatedServer {
  readonly port: number;
  /** As its administrator, with the database. */
  readonly url: string;
  readonly db: MariaDb;
  /** Its process, as it runs now. */
  pid(): number;
  /** From now on it hears nothing of what its primary commits. */
  cutOff(): Promise<void>;
  /** Takes writes from now on; the others follow it. */
  promote(): Promise<void>;
  /** Follows another one from now on, and takes no writes. */
  follow(primary: ReplicatedServer): Promise<void>;
  /** Waits until it has all that another one has committed. @throws the error that stopped it */
  catchUp(primary: ReplicatedServer): Promise<void>;
  /** SIGKILL, or another signal such as SIGSTOP. */
  kill(signal?: NodeJS.Signals): void;
  /** Starts it again, on its port. */
  start(): Promise<void>;
}

/** A primary with replicas that follow it. */
export interface ReplicatedServers {
  readonly servers: readonly ReplicatedServer[];
  /** One address with the hosts of these servers, in this order, of an account that may not write where it is read only. */
  addressOf(chosen: readonly ReplicatedServer[], database?: string): string;
  close(): Promise<void>;
}

/** Servers of their own, which are gone after `close`. @param options `args`: more options of each */
export async function openReplicatedServers(options: {
  readonly replicas: number;
  readonly args: readonly string[];
}): Promise<ReplicatedServers> {
  const own = await openOwnMariaDb(
    ...Array.from({ length: options.replicas + 1 }, (_, index) => [
      `--server-id=${index + 1}`,
      ...["--log-bin=bin", "--binlog-format=ROW", "--log-slave-updates=1", "--gtid-strict-mode=1"],
      ...options.args,
    ]),
  );
  try {
    const servers = own.servers.map(toReplicatedServer);
    for (const { db } of servers)
      await db.query(
        `set session sql_log_bin = 0; create user '${account.user}'@'%' identified by '${account.password}';
          grant all on *.* to '${account.user}'@'%' with grant option;
          revoke read only admin, super on *.* from '${account.user}'@'%'; set session sql_log_bin = 1`,
      );
    const [primary, ...others] = servers;
    if (!primary) throw new Error("There is no server.");
    for (const one of others) await one.follow(primary);
    return {
      ...{ servers, close: own.close },
      addressOf: (chosen, database = "vitrine") => {
        const hosts = chosen.map(({ port }) => `127.0.0.1:${port}`).join(",");
        return `mariadb://${account.user}:${account.password}@${hosts}/${database}`;
      },
    };
  } catch (error) {
    await own.close();
    throw error;
  }
}

type OwnServer = Awaited<ReturnType<typeof openOwnMariaDb>>["servers"][number];

function toReplicatedServer(own: OwnServer): ReplicatedServer {
  const { db, url } = own;
  const port = own.process.port;
  return {
    ...{ port, url, db },
    pid: () => own.process.pid,
    cutOff: async () => {
      await db.query("stop slave io_thread");
    },
    promote: async () => {
      // What has arrived is applied first.
      for (;;) {
        const [status] = await db.query<Record<string, string>>("show slave status");
        if (!status || status.Slave_SQL_Running_State?.includes("has read all relay log")) break;
        await sleep(20);
      }
      await db.query("stop slave; reset slave all; set global read_only = 0");
    },
    follow: async (primary) => {
      await db.query(
        `stop slave; set global read_only = 1; set global gtid_slave_pos = @@gtid_current_pos;
        change master to master_host = '127.0.0.1', master_port = ${primary.port},
          master_user = '${account.user}', master_password = '${account.password}',
          master_use_gtid = slave_pos, master_connect_retry = 1;
        start slave`,
      );
    },
    catchUp: async (primary) => {
      const [end] = await primary.db.query<{ gtid: string }>("select @@gtid_binlog_pos as gtid");
      const [waited] = await db.query<{ result: number }>("select master_gtid_wait(?, 30) as result", [
        end?.gtid,
      ]);
      const [status] = await db.query<Record<string, string>>("show slave status");
      if (status?.Slave_SQL_Running !== "Yes" || Number(waited?.result) !== 0)
        throw new Error(`The replica has stopped: ${status?.Last_SQL_Error || "it is not there in 30 s"}`);
    },
    kill: (signal = "SIGKILL") => {
      try {
        process.kill(own.process.pid, signal);
      } catch {
        // It was killed before.
      }
    },
    start: () => own.start(),
  };
}
