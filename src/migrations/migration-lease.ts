import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { claimLease, isLeaseHeld, prolongLease, readLeaseHolder, releaseLease } from "../core/lease.ts";
import { VitrineError } from "../errors.ts";
import {
  type MariaDb,
  type MariaDbConnection,
  type Queryable,
  sqlErrorOf,
} from "../stores/mariadb/mariadb.ts";

/** What the lease of a runner is called. */
export const migrationLease = "migrate";
const leaseSeconds = 15;
const renewEveryMs = 4000;
const askAgainMs = 100;

export interface LeaseOptions {
  /** How long to wait for another runner before giving up. */
  readonly waitMs: number;
  /** Called once when there is another runner to wait for; gets a sentence. */
  readonly onWait?: (message: string) => void;
}

/** The right to change the schema, held by one runner at a time. */
export interface MigrationLease {
  /** The connection to work on. */
  readonly connection: MariaDbConnection;
  /**
   * To be called before each step: prolongs the lease.
   * @throws VitrineError MIGRATION_LOCKED when another runner took over, because this one stood still too long.
   */
  prolong(): Promise<void>;
}

/**
 * Runs `work` while holding the row `migrate` of the table `vitrine_lease`, by the database's clock, renewed while
 * it runs. The row holds on every node of a cluster; it is taken over when it has expired, or at once when
 * its holder worked on this very server and its session (with its get_lock) has ended.
 * @throws VitrineError MIGRATION_LOCKED when another runner does not finish within `waitMs`.
 */
export function withMigrationLease<T>(
  admin: MariaDb,
  options: LeaseOptions,
  work: (lease: MigrationLease) => Promise<T>,
): Promise<T> {
  return admin.withConnection(async (connection) => {
    const lock = `vitrine-migrate:${admin.database}`.slice(0, 64);
    const [server] = await connection.query<{ id: string }>(
      "select left(sha2(concat_ws('|', @@hostname, @@port, @@socket, @@datadir), 256), 16) as id",
    );
    const node = `${server?.id}/`;
    const holder = `${node}${hostname()}:${process.pid}:${randomUUID()}`;
    await acquire(connection, { ...options, lock, node, holder });
    const prolong = async () => {
      if (!(await prolongLease(admin, migrationLease, holder, leaseSeconds)))
        throw new VitrineError(
          "MIGRATION_LOCKED",
          "Another runner took over, because this one stood still for too long. Run the migration again.",
        );
    };
    // A renewal that fails now is found out by the next prolong().
    const timer = setInterval(() => void prolong().catch(() => {}), renewEveryMs);
    try {
      return await work({ connection, prolong });
    } finally {
      clearInterval(timer);
      // Best effort: after a lost connection the row expires by itself.
      await releaseLease(admin, migrationLease, holder).catch(() => {});
      await connection.run("do release_lock(?)", [lock]).catch(() => {});
    }
  });
}

/** Whether somebody holds that row now. */
export const isMigrating = (db: Queryable): Promise<boolean> => isLeaseHeld(db, migrationLease);

interface Claim extends LeaseOptions {
  readonly lock: string;
  readonly node: string;
  readonly holder: string;
}

async function acquire(connection: MariaDbConnection, claim: Claim): Promise<void> {
  const deadline = Date.now() + claim.waitMs;
  for (let told = false; ; told = true) {
    // Held for as long as this session lives. That it is free proves nothing about other nodes.
    const [courtesy] = await connection.query<{ got: number | null }>("select get_lock(?, 0) as got", [
      claim.lock,
    ]);
    const alone = Number(courtesy?.got) === 1;
    if (alone && (await claimRow(connection, claim))) return;
    if (alone) await connection.run("do release_lock(?)", [claim.lock]);
    const other = await readLeaseHolder(connection, migrationLease);
    // Between its lock and its row, or from its row to the lock's release, a runner has no name.
    const name = other ? ` (${toPublicName(other)})` : "";
    if (Date.now() >= deadline)
      throw new VitrineError(
        "MIGRATION_LOCKED",
        `Another runner${name} is migrating this database and did not finish within ${claim.waitMs / 1000} s. Try again when it is done.`,
      );
    if (!told) claim.onWait?.(`Another runner${name} is migrating this database; waiting for it.`);
    await sleep(askAgainMs);
  }
}

/** `node/host:pid:uuid` → `host:pid` */
const toPublicName = (holder: string): string => holder.slice(holder.indexOf("/") + 1).replace(/:[^:]*$/, "");

/** False when another one holds it, or was faster. */
async function claimRow(
  connection: MariaDbConnection,
  { node, holder }: Pick<Claim, "node" | "holder">,
): Promise<boolean> {
  try {
    return await claimLease(connection, migrationLease, { node, holder, seconds: leaseSeconds });
  } catch (error) {
    if (sqlErrorOf(error)?.errno === 1213) return false;
    throw error;
  }
}
