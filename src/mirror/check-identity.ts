import type { DocumentModel } from "../models/model.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { openSnapshot } from "../stores/mariadb/open-snapshot.ts";
import { readApplied } from "../stores/mongodb/mirror-records.ts";
import type { MongoDb } from "../stores/mongodb/mongodb.ts";
import { readStates, requestRebuild } from "./model-state.ts";
import { readCommitted } from "./sql-faults.ts";

/** What a look at both servers showed: they do not belong together any more. */
export interface IdentityLoss {
  /** To be rebuilt: what the mirror holds of them is of another time. */
  readonly models: readonly DocumentModel[];
  readonly reason: string;
}

/**
 * Checks that source `n` ≥ mirror `applied` ≥ source `acked`; acts when it is not so. An older copy of the mirror was
 * restored (applied < acked): it lacks acknowledged writes, so it is rebuilt. An older copy of the
 * source was restored (n < applied, or another incarnation): its positions are given again, and the guard
 * would refuse every write as old; so n is raised above `applied`, the source begins a new life, and all is
 * rebuilt. Returns what was found; null when all is well.
 */
export async function checkIdentity(
  db: MariaDb,
  mongo: MongoDb,
  models: readonly DocumentModel[],
): Promise<IdentityLoss | null> {
  // In this order, because loaders work meanwhile: a batch raises n, then applied, then acked.
  const { states, life } = await readStatesOfLife(db);
  const applied = await readApplied(mongo);
  const [source] = await db.query<{ n: string; incarnation: string }>(
    "select n, incarnation from mirror_position",
  );
  // Another life began between the reads: these states are not its own, and whoever began it has acted.
  if (!source || source.incarnation !== life) return null;
  const largest = [...applied.values()].reduce((most, { n }) => (n > most ? n : most), 0n);
  // Records of models that were not written in this life keep the name of the one before.
  const isOtherLife = models.some((model) => {
    const state = states.get(model.name);
    const record = state && state.acked > 0n ? applied.get(state.collection) : undefined;
    return record !== undefined && record.incarnation !== source.incarnation;
  });
  if (BigInt(source.n) < largest || isOtherLife) {
    const isRenewed = await beginNewLife(db, models, source.incarnation, largest);
    return isRenewed
      ? { models, reason: "The source was restored from an older copy; its mirror is rebuilt." }
      : null;
  }
  const behind = models.filter((model) => {
    const state = states.get(model.name);
    return state !== undefined && (applied.get(state.collection)?.n ?? 0n) < state.acked;
  });
  if (behind.length === 0) return null;
  await readCommitted(db, async (connection) => {
    await requestRebuild(connection, behind, { distrust: true });
    // Acknowledged anew by the rebuild's first range.
    const names = behind.map((model) => model.name);
    await connection.run("update mirror_state set acked = 0 where model in (?)", [names]);
  });
  return { models: behind, reason: "The mirror lost acknowledged writes: it is older than the source says." };
}

/** The states, and the life that they belong to: both of one snapshot. */
function readStatesOfLife(db: MariaDb) {
  return db.withConnection(async (connection) => {
    await connection.run("set transaction isolation level repeatable read");
    await connection.run("start transaction read only");
    const { incarnation } = await openSnapshot(db, connection);
    const states = await readStates(connection);
    await connection.run("commit");
    return { states, life: incarnation };
  });
}

/** False when another loader did it meanwhile. */
function beginNewLife(
  db: MariaDb,
  models: readonly DocumentModel[],
  incarnation: string,
  largest: bigint,
): Promise<boolean> {
  return readCommitted(db, async (connection) => {
    const { affectedRows } = await connection.run(
      `update mirror_position set n = greatest(n, ?) + 1, wanted = 0, incarnation = uuid()
      where position_id = 1 and incarnation = ?`,
      [largest, incarnation],
    );
    if (affectedRows === 0) return false;
    await requestRebuild(connection, models, { distrust: true });
    await connection.run("update mirror_state set acked = 0, complete = 0");
    return true;
  });
}
