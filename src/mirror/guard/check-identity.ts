import { forgetAcked } from "../../core/acknowledge.ts";
import { readStates } from "../../core/model-state.ts";
import { beginNewLife } from "../../core/new-life.ts";
import { openSnapshotAt, readPosition } from "../../core/position.ts";
import { readCommitted } from "../../core/read-committed.ts";
import { distrustMirrorOf } from "../../core/rebuild.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { noteAsOfNow, readApplied } from "../../stores/mongodb/mirror-records.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import { judgeIdentity, oldRecords } from "./judge-identity.ts";

/** Source and mirror do not belong together any more. */
export interface IdentityLoss {
  /** To be rebuilt: what the mirror holds of them is of another time. */
  readonly models: readonly DocumentModel[];
  readonly reason: string;
}

/**
 * Finds out whether either server is an older copy of itself, and acts when it is. A mirror that lacks acknowledged writes
 * is rebuilt. A record of a life that the source will soon have forgotten becomes one of the present life. A source that gives positions again would have every write refused as old: so its next position is raised
 * above what the mirror has, it begins a new life, and all is rebuilt. Null when all is well.
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
  const own = models.flatMap((model) => states.get(model.name) ?? []);
  const found = judgeIdentity({ source, states: own, applied });
  if (found.older === "neither") {
    await noteAsOfNow(mongo, oldRecords(applied, source), source);
    return null;
  }
  if (found.older === "source") {
    const isRenewed = await beginNewLife(db, models, source.incarnation, found.largest);
    const reason =
      "The source was restored from an older copy, or a server took over that lacks what another had told; its mirror is rebuilt.";
    return isRenewed ? { models, reason } : null;
  }
  await readCommitted(db, async (connection) => {
    await distrustMirrorOf(connection, found.models);
    // Acknowledged anew by the rebuild's first range.
    await forgetAcked(connection, found.models);
  });
  const behind = models.filter((model) => found.models.includes(model.name));
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
