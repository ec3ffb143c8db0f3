import { type Queryable, sqlErrorOf } from "./mariadb.ts";

/** A channel by which a server follows another. */
export interface ReplicaFacts {
  /** `host:port` that it follows. */
  readonly source: string;
  readonly isReading: boolean;
  readonly isApplying: boolean;
  /** Null while it does not know. */
  readonly secondsBehind: number | null;
  /** What stopped it; empty when nothing did. */
  readonly error: string;
}

export interface GaleraFacts {
  /** `Primary`, or what a node of a minority calls itself. */
  readonly cluster: string;
  readonly size: number;
  readonly isReady: boolean;
  /** `Synced`, `Donor/Desynced`, `Joining`, … */
  readonly state: string;
  readonly mode: string;
  readonly maxWriteSetBytes: number;
  /** A transaction is sent in pieces of so many units; 0: whole. */
  readonly fragmentSize: number;
}

/** What a server says of its binary log, of others that follow it, and of whom it follows. */
export interface ServerFacts {
  readonly binlog: { readonly format: string; readonly isSynced: boolean } | null;
  readonly semiSync: { readonly waitPoint: string; readonly isWorking: boolean } | null;
  /** Null: the account may not ask. */
  readonly replicas: readonly ReplicaFacts[] | null;
  readonly galera: GaleraFacts | null;
  /** Tables of this database that cannot be replicated row by row: kept by another engine, or without a key. */
  readonly oddTables: readonly { readonly name: string; readonly engine: string; readonly hasKey: boolean }[];
}

const variables = [
  "log_bin",
  "binlog_format",
  "sync_binlog",
  "rpl_semi_sync_master_enabled",
  "rpl_semi_sync_master_wait_point",
  "wsrep_on",
  "wsrep_mode",
  "wsrep_max_ws_size",
  "wsrep_trx_fragment_size",
];
const statuses = [
  "rpl_semi_sync_master_status",
  "wsrep_cluster_status",
  "wsrep_cluster_size",
  "wsrep_ready",
  "wsrep_local_state_comment",
];
/** Neither BINLOG MONITOR nor REPLICA MONITOR. */
const NO_RIGHT = 1227;

/** Asks a server; changes nothing. */
export async function readServerFacts(db: Queryable): Promise<ServerFacts> {
  const rows = await db.query<{ name: string; value: string }>(
    `select lower(variable_name) as name, variable_value as value from information_schema.global_variables
    where variable_name in (?)
    union all
    select lower(variable_name), variable_value from information_schema.global_status
    where variable_name in (?)`,
    [variables, statuses],
  );
  const known = new Map(rows.map(({ name, value }) => [name, value]));
  const text = (name: string): string => known.get(name) ?? "";
  return {
    binlog:
      text("log_bin") === "ON"
        ? { format: text("binlog_format"), isSynced: text("sync_binlog") === "1" }
        : null,
    semiSync:
      text("rpl_semi_sync_master_enabled") === "ON"
        ? {
            waitPoint: text("rpl_semi_sync_master_wait_point"),
            isWorking: text("rpl_semi_sync_master_status") === "ON",
          }
        : null,
    replicas: await readReplicas(db),
    galera:
      text("wsrep_on") === "ON"
        ? {
            cluster: text("wsrep_cluster_status"),
            size: Number(text("wsrep_cluster_size")),
            isReady: text("wsrep_ready") === "ON",
            state: text("wsrep_local_state_comment"),
            mode: text("wsrep_mode"),
            maxWriteSetBytes: Number(text("wsrep_max_ws_size")),
            fragmentSize: Number(text("wsrep_trx_fragment_size")),
          }
        : null,
    oddTables: await readOddTables(db),
  };
}

/** Whom a server follows, and how that goes; null: the account may not ask. */
export async function readReplicas(db: Queryable): Promise<readonly ReplicaFacts[] | null> {
  try {
    const rows = await db.query("show all slaves status");
    return rows.map((row) => ({
      source: `${row.Master_Host}:${row.Master_Port}`,
      isReading: row.Slave_IO_Running === "Yes",
      isApplying: row.Slave_SQL_Running === "Yes",
      secondsBehind: row.Seconds_Behind_Master === null ? null : Number(row.Seconds_Behind_Master),
      error: String(row.Last_SQL_Error || row.Last_IO_Error || ""),
    }));
  } catch (error) {
    if (sqlErrorOf(error)?.errno === NO_RIGHT) return null;
    throw error;
  }
}

async function readOddTables(db: Queryable): Promise<ServerFacts["oddTables"]> {
  const rows = await db.query<{ name: string; engine: string; has_key: number }>(
    `select made.table_name as name, coalesce(made.engine, '?') as engine, keyed.table_name is not null as has_key
    from information_schema.tables as made
    left join information_schema.table_constraints as keyed
      on keyed.table_schema = made.table_schema and keyed.table_name = made.table_name
      and keyed.constraint_type = 'PRIMARY KEY'
    where made.table_schema = database() and made.table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
      and (coalesce(made.engine, '') <> 'InnoDB' or keyed.table_name is null)
    order by made.table_name`,
  );
  return rows.map(({ name, engine, has_key }) => ({ name, engine, hasKey: Number(has_key) === 1 }));
}
