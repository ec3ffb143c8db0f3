import { forgetAcked } from "../../core/acknowledge.ts";
import { readStates } from "../../core/model-state.ts";
import { openSnapshotAt, readPosition, renewIncarnation } from "../../core/position.ts";
import { readCommitted } from "../../core/read-committed.ts";
import { distrustMirrorOf } from "../../core/rebuild.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { readApplied } from "../../stores/mongodb/mirror-records.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";

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
  const source = await readPosition(db);
  // Another life began between the reads: these states are not its own, and whoever began it has acted.
  if (source.incarnation !== life) return null;
  const largest = [...applied.values()].reduce((most, { n }) => (n > most ? n : most), 0n);
  // Records of models that were not written in this life keep the name of the one before.
  const isOtherLife = models.some((model) => {
    const state = states.get(model.name);
    const record = state && state.acked > 0n ? applied.get(state.collection) : undefined;
    return record !== undefined && record.incarnation !== source.incarnation;
  });
  if (source.n < largest || isOtherLife) {
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
    const names = behind.map((model) => model.name);
    await distrustMirrorOf(connection, names);
    // Acknowledged anew by the rebuild's first range.
    await forgetAcked(connection, names);
  });
  return { models: behind, reason: "The mirror lost acknowledged writes: it is older than the source says." };
}

/** The states, and the life that they belong to: both of one snapshot. */
function readStatesOfLife(db: MariaDb) {
  return db.withConnection(async (connection) => {
    await connection.run("set transaction isolation level repeatable read");
    await connection.run("start transaction read only");
    const { incarnation } = await openSnapshotAt(db, connection);
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
    if (!(await renewIncarnation(connection, incarnation, largest))) return false;
    await distrustMirrorOf(
      connection,
      models.map((model) => model.name),
    );
    await forgetAcked(connection, null);
    return true;
  });
}
