import type { MariaDb, MariaDbConnection, Queryable } from "../stores/mariadb/mariadb.ts";

/** The table `vitrine_lease`: who does what one at a time does, by the database's clock, on every node of a cluster. */

const until = (seconds: number) => `utc_timestamp(3) + interval ${seconds} second`;

/**
 * Nobody holds it: it has expired, or ends later than anybody can have asked for, by the clock of a node that is ahead and
 * was left. Who waited for that might wait for hours.
 */
const isFree = (seconds: number) =>
  `(expires_at < utc_timestamp(3) or expires_at > utc_timestamp(3) + interval ${2 * seconds} second)`;

/** Takes or prolongs a lease in one statement; false when another one holds it. */
export async function holdLease(
  db: MariaDb,
  name: string,
  holder: string,
  seconds: number,
): Promise<boolean> {
  await db.run(
    `insert into vitrine_lease (lease_name, holder, expires_at)
    values (?, ?, ${until(seconds)})
    on duplicate key update
      holder = if(holder = values(holder) or ${isFree(seconds)}, values(holder), holder),
      expires_at = if(holder = values(holder), values(expires_at), expires_at)`,
    [name, holder],
  );
  return (await readLeaseHolder(db, name)) === holder;
}

/**
 * Takes a lease that nobody holds, that has expired, or whose holder begins with `node`: the caller knows that it is
 * gone. One guarded statement decides; on a cluster a lost race is a deadlock error at commit. False when another holds it.
 */
export async function claimLease(
  connection: MariaDbConnection,
  name: string,
  { node, holder, seconds }: { readonly node: string; readonly holder: string; readonly seconds: number },
): Promise<boolean> {
  const taken = await connection.run(
    `update vitrine_lease set holder = ?, expires_at = ${until(seconds)}
    where lease_name = ? and (expires_at < utc_timestamp(3) or left(holder, ?) = ?)`,
    [holder, name, node.length, node],
  );
  if (taken.affectedRows === 1) return true;
  const made = await connection.run(
    `insert ignore into vitrine_lease (lease_name, holder, expires_at) values (?, ?, ${until(seconds)})`,
    [name, holder],
  );
  return made.affectedRows === 1;
}

/** False when it is another's by now. */
export async function prolongLease(
  db: Pick<Queryable, "run">,
  name: string,
  holder: string,
  seconds: number,
): Promise<boolean> {
  const { affectedRows } = await db.run(
    `update vitrine_lease set expires_at = ${until(seconds)} where lease_name = ? and holder = ?`,
    [name, holder],
  );
  return affectedRows === 1;
}

/** Gives a lease back, unless it is another's by now. */
export async function releaseLease(db: Pick<Queryable, "run">, name: string, holder: string): Promise<void> {
  await db.run("delete from vitrine_lease where lease_name = ? and holder = ?", [name, holder]);
}

/** Who has a lease, expired or not; undefined: nobody. */
export async function readLeaseHolder(db: Queryable, name: string): Promise<string | undefined> {
  const [row] = await db.query<{ holder: string }>("select holder from vitrine_lease where lease_name = ?", [
    name,
  ]);
  return row?.holder;
}

/** Whether somebody holds a lease that has not expired. */
export async function isLeaseHeld(db: Queryable, name: string): Promise<boolean> {
  const held = await db.query(
    "select 1 from vitrine_lease where lease_name = ? and expires_at > utc_timestamp(3)",
    [name],
  );
  return held.length > 0;
}

/** What is held by leases that have not expired, and by whom. */
export const readHeldLeases = (
  db: Queryable,
): Promise<readonly { readonly name: string; readonly holder: string }[]> =>
  db.query("select lease_name as name, holder from vitrine_lease where expires_at > utc_timestamp(3)");

/**
 * Locks a lease's row until the end of the transaction: it is gone with its owner, whatever happens to that.
 * @throws the server's error 1205 when another transaction holds it for longer than `waitSeconds`
 */
export async function lockLease(
  connection: MariaDbConnection,
  name: string,
  waitSeconds: number,
): Promise<void> {
  await connection.run(
    `set statement innodb_lock_wait_timeout = ${Math.ceil(waitSeconds)} for
    insert into vitrine_lease (lease_name, holder, expires_at)
    values (?, connection_id(), utc_timestamp(3)) on duplicate key update holder = values(holder)`,
    [name],
  );
}

/** Takes the row away that lockLease has made. */
export async function dropLease(connection: MariaDbConnection, name: string): Promise<void> {
  await connection.run("delete from vitrine_lease where lease_name = ?", [name]);
}
