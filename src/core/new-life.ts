import type { DocumentModel } from "../models/model.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { forgetAcked } from "./acknowledge.ts";
import { renewIncarnation } from "./position.ts";
import { readCommitted } from "./read-committed.ts";
import { distrustMirrorOf } from "./rebuild.ts";

/**
 * Ends the life `incarnation` of a database that was restored: its next positions are above `largest` and belong to a new
 * life, what was acknowledged in the one before counts no more, and nobody may read the mirror of these models (null: of
 * any) before it is rebuilt. False when somebody else did it meanwhile.
 */
export function beginNewLife(
  db: MariaDb,
  models: readonly DocumentModel[] | null,
  incarnation: string,
  largest: bigint,
): Promise<boolean> {
  return readCommitted(db, async (connection) => {
    if (!(await renewIncarnation(connection, incarnation, largest))) return false;
    const names = models?.map((model) => model.name) ?? null;
    await distrustMirrorOf(connection, names);
    await forgetAcked(connection, null);
    return true;
  });
}
