import { VitrineError } from "../../errors.ts";
import type { MariaDbConnection } from "./mariadb.ts";

/** The server that a connection leads to, and the Galera group that it is of. */
interface ServerIdentity {
  /** `db-1:3306`, for people. */
  readonly name: string;
  /** What no other server has in common with it. */
  readonly identity: string;
  /** The group's, while the server is of one; else empty. */
  readonly group: string;
}

/**
 * Sees to it that whatever `reader` reads first in a transaction is not older than what `writer` has read before: nothing
 * to do when both lead to one server. Behind a balancer they may not. On two nodes of one Galera group the reader waits
 * at the begin of each transaction until its node has whatever the group had committed by then.
 * @returns what gives the reader's connection back as it was
 * @throws VitrineError SOURCE_UNAVAILABLE for two servers of which one may lag behind the other unnoticed
 */
export async function readOnOneServer(
  writer: MariaDbConnection,
  reader: MariaDbConnection,
): Promise<() => Promise<void>> {
  const [one, other] = await Promise.all([readIdentity(writer), readIdentity(reader)]);
  if (one.identity === other.identity) return async () => undefined;
  if (one.group === "" || one.group !== other.group)
    throw new VitrineError(
      "SOURCE_UNAVAILABLE",
      `Two connections to MariaDB's address lead to two servers, ${one.name} and ${other.name}, which are not nodes of one Galera group: what one has committed the other may not show yet. Let the address of whoever writes lead to one server at a time.`,
      { details: { servers: [one.name, other.name] } },
    );
  await reader.run("set session wsrep_sync_wait = 1");
  return async () => {
    await reader.run("set session wsrep_sync_wait = default");
  };
}

/** Asked of the server's lists, where a build without Galera has no such variables instead of an error. */
async function readIdentity(connection: MariaDbConnection): Promise<ServerIdentity> {
  const rows = await connection.query<{ name: string; value: string }>(
    `select lower(variable_name) as name, variable_value as value from information_schema.global_variables
      where variable_name in ('datadir', 'hostname', 'port', 'server_id', 'server_uid', 'wsrep_on')
    union all
    select lower(variable_name), variable_value from information_schema.global_status
      where variable_name in ('wsrep_cluster_state_uuid', 'wsrep_gcomm_uuid')`,
  );
  const values = new Map(rows.map(({ name, value }) => [name, value]));
  const isNode = values.get("wsrep_on") === "ON";
  return {
    name: `${values.get("hostname")}:${values.get("port")}`,
    identity: JSON.stringify([...values].sort()),
    group: (isNode && values.get("wsrep_cluster_state_uuid")) || "",
  };
}
