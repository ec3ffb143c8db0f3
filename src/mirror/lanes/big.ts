import { type Change, deleteChanges } from "../../core/change-tables.ts";
import { readModelsOfOtherReleases } from "../../core/model-state.ts";
import { appendPending } from "../../core/pending-queue.ts";
import { readCommitted } from "../../core/read-committed.ts";
import { distrustMirrorOf } from "../../core/rebuild.ts";
import { recordNameless } from "../../core/rejected-documents.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { isSqlFault } from "../../stores/mariadb/sql-faults.ts";
import type { Resolved } from "../resolve/cycle.ts";
import { type Named, streamTouched } from "../resolve/touched.ts";
import type { SnapshotPool, Snapshots } from "../snapshots.ts";

/** Documents that are held and appended at once. */
const PAGE = 5000;

/**
 * Queues what one change touches that is too much to be held at once: page by page as the server finds it, in a
 * snapshot of its own, beside the cycles of smaller changes. The change is deleted when all pages are queued; a crash
 * before that queues them again, which evaluates some documents twice and is else harmless.
 */
export async function queueBigChange(
  db: MariaDb,
  snapshots: SnapshotPool,
  models: readonly DocumentModel[],
  change: Change,
): Promise<Resolved> {
  const { name, views } = change.table;
  const queue = async (pair: Snapshots): Promise<Resolved> => {
    const snapshot = await pair.open({ views: [...views.values()], tables: [name] });
    const others = await readModelsOfOtherReleases(snapshot.connection, models);
    const queued = new Map<string, number>();
    const failed = new Map<DocumentModel, unknown>();
    for (const model of models) {
      const append = async ({ documents, isNameless }: Named) => {
        await readCommitted(db, async (connection) => {
          await appendPending(connection, new Map([[model, documents]]));
          await recordNameless(connection, isNameless ? [model] : []);
        });
        queued.set(model.name, (queued.get(model.name) ?? 0) + documents.length);
      };
      try {
        for await (const page of streamTouched(snapshot.connection, model, change, PAGE)) await append(page);
      } catch (error) {
        if (!isSqlFault(error)) throw error;
        failed.set(model, error);
      }
    }
    await snapshot.release();
    await readCommitted(db, async (connection) => {
      const unknown = [...failed.keys()].map((model) => model.name);
      await distrustMirrorOf(connection, [...unknown, ...others]);
      await deleteChanges(connection, [change]);
    });
    return { position: snapshot.position.n, failed, changes: 1, queued };
  };
  return snapshots.use(queue, { leaves: 1 });
}
