import type { GaleraFacts, ReplicaFacts, ServerFacts } from "../stores/mariadb/server-facts.ts";
import type { Finding } from "./examine.ts";

const GiB = 2 ** 30;
/** A read of a replica that is further behind is of little use to anybody. */
const MOST_SECONDS_BEHIND = 60;

/** What a server's binary log, its replicas and its cluster mean for the promises: a problem has its remedy. */
export function judgeServer(facts: ServerFacts): readonly Finding[] {
  return [
    judgeBinlog(facts),
    ...(facts.semiSync ? [judgeSemiSync(facts.semiSync)] : []),
    ...(facts.replicas ?? []).map(judgeReplica),
    ...(facts.galera ? [judgeGalera(facts.galera)] : []),
    judgeTables(facts),
  ];
}

/** The same in a few words, for who asks how the stack is; empty for a server that stands alone, without a log. */
export function summariseServer({ binlog, replicas, galera }: ServerFacts): string {
  const parts = [
    ...(binlog ? [`binary log ${binlog.format}`] : []),
    ...(replicas ?? []).map((one) => `replica of ${one.source}, ${describeLag(one)}`),
    ...(galera ? [`Galera ${galera.state}, ${galera.size} nodes`] : []),
  ];
  return parts.join("; ");
}

const describeLag = ({ isReading, isApplying, secondsBehind }: ReplicaFacts): string =>
  isReading && isApplying && secondsBehind !== null ? `${secondsBehind} s behind` : "stopped";

function judgeBinlog({ binlog }: ServerFacts): Finding {
  const name = "binary log";
  if (!binlog)
    return {
      name,
      ok: true,
      detail:
        "off: a backup can be restored as it was taken, and to no later moment; see docs/how-to/back-up.md",
    };
  const { format, isSynced } = binlog;
  if (format === "STATEMENT")
    return {
      name,
      ok: false,
      detail: "STATEMENT: imports and loaders are refused (1665); set binlog_format to ROW or MIXED",
    };
  if (!isSynced)
    return {
      name,
      ok: false,
      detail: `${format}; a crash of the machine may take back commits that are mirrored already: set sync_binlog to 1`,
    };
  return { name, ok: true, detail: `${format}, written with every commit` };
}

function judgeSemiSync({ waitPoint, isWorking }: NonNullable<ServerFacts["semiSync"]>): Finding {
  const name = "semi-synchronous replication";
  if (waitPoint !== "AFTER_SYNC")
    return {
      name,
      ok: false,
      detail: `${waitPoint}: others may read, and mirror, a commit that is lost with this server; set rpl_semi_sync_master_wait_point to AFTER_SYNC`,
    };
  if (!isWorking)
    return {
      name,
      ok: false,
      detail: `${waitPoint}, but no replica confirms commits now, so what is written now may be lost with this server: look at the replicas`,
    };
  return { name, ok: true, detail: `${waitPoint}: a replica has every commit` };
}

/** Why a replica follows its source no more, with the remedy; null while it does. */
export function describeStop({ error, isReading, isApplying }: ReplicaFacts): string | null {
  if (isApplying && isReading) return null;
  const which = isApplying ? "it does not read from there" : "it does not apply what it has read";
  return `${which}${error === "" ? "" : `: ${error}`}; mend that, then start replica`;
}

function judgeReplica(facts: ReplicaFacts): Finding {
  const { source, secondsBehind } = facts;
  const name = `replica of ${source}`;
  const stop = describeStop(facts);
  if (stop !== null) return { name, ok: false, detail: stop };
  const isNear = secondsBehind !== null && secondsBehind <= MOST_SECONDS_BEHIND;
  return { name, ok: isNear, detail: isNear ? describeLag(facts) : `${secondsBehind ?? "?"} s behind` };
}

function judgeGalera({
  cluster,
  size,
  isReady,
  state,
  mode,
  maxWriteSetBytes,
  fragmentSize,
}: GaleraFacts): Finding {
  const name = "Galera";
  if (cluster !== "Primary" || !isReady)
    return {
      name,
      ok: false,
      detail: `${cluster}, ${isReady ? "ready" : "not ready"}: this node is of a minority, or on its way into the cluster, and answers nobody (1047); give it back to the others, or use another`,
    };
  const ofSize = `write sets up to ${Math.round((maxWriteSetBytes / GiB) * 10) / 10} GiB`;
  const pieces = fragmentSize > 0 ? `, sent in pieces (wsrep_trx_fragment_size ${fragmentSize})` : "";
  const detail = `${state}, ${size} nodes, ${ofSize}${pieces}${mode === "" ? "" : `, wsrep_mode ${mode}`}`;
  if (state === "Synced") return { name, ok: true, detail };
  return { name, ok: false, detail: `${detail}; it lags behind the others: use another node meanwhile` };
}

function judgeTables({ oddTables, binlog, galera }: ServerFacts): Finding {
  const name = "engines and keys";
  if (oddTables.length === 0)
    return { name, ok: true, detail: "every table is InnoDB's and has a primary key" };
  const listed = oddTables
    .map(({ name: table, engine, hasKey }) => `${table} (${engine}${hasKey ? "" : ", no primary key"})`)
    .join(", ");
  if (galera)
    return {
      name,
      ok: false,
      detail: `${listed}: Galera does not replicate other engines than InnoDB, nor deletes without a key; alter them`,
    };
  const meaning = binlog
    ? "replicas find rows of tables without a key by reading all of them"
    : "as it is, no matter";
  return { name, ok: true, detail: `${listed}: ${meaning}; Galera would need InnoDB and primary keys` };
}
