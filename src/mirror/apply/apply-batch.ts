import { noteAcked, type Written } from "../../core/acknowledge.ts";
import { otherShape } from "../../core/model-state.ts";
import { deletePending } from "../../core/pending-queue.ts";
import { readCommitted } from "../../core/read-committed.ts";
import { type Rebuild, saveCursor } from "../../core/rebuild.ts";
import { forgetRejected, recordRejected } from "../../core/rejected-documents.ts";
import { VitrineError } from "../../errors.ts";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import type { BatchPosition } from "../../stores/mongodb/mirror-records.ts";
import {
  insertBatch,
  renewBatch,
  type WriteOutcome,
  writeBatch,
} from "../../stores/mongodb/mirror-writer.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import type { Way } from "./choose-way.ts";
import type { ReadEntries } from "./read-entries.ts";

/** Documents of one snapshot on their way into the mirror, and what is to be noted when they are there. */
export interface Batch extends ReadEntries {
  readonly position: BatchPosition;
  /** Rows of the queue that they answer. */
  readonly pendingIds: readonly string[];
  /** When the oldest change that they answer was logged; null when there are none. */
  readonly since: string | null;
  /** With this batch the mirror shows everything before this position; null when that is not known. */
  readonly complete: bigint | null;
  /** The range of a rebuild that they are. */
  readonly range: { readonly rebuild: Rebuild; readonly cursor: DocumentId | null } | null;
  /** Whether some document of the model was rejected when the snapshot was taken. */
  readonly hasRejected: boolean;
}

export interface Applied {
  readonly outcome: WriteOutcome;
  /** Documents that could not be built or stored, with their reasons. */
  readonly rejected: ReadonlyMap<DocumentId, string>;
  /** False when the rebuild that the range belongs to is not under way any more. */
  readonly isCurrent: boolean;
}

/** Nothing is acknowledged: what is left of the batch is read and written again. */
const overtaken = (model: DocumentModel) =>
  new VitrineError("UNHEALTHY", `${model.name}: another loader has answered a part of this batch.`);

/** A model, and where it is read and mirrored. */
export interface ModelInBothStores {
  readonly db: MariaDb;
  readonly mongo: MongoDb;
  readonly model: DocumentModel;
}

const writers = { insert: insertBatch, renew: renewBatch, replace: writeBatch } as const satisfies Record<
  Way,
  typeof writeBatch
>;

export interface ApplyOptions {
  /** Nothing is acknowledged before. */
  readonly before?: Promise<unknown>;
  /** Default: replace. */
  readonly way?: Way;
  /** Asked after `before`: whether documents were rejected since the snapshot. */
  readonly hasRejected?: () => boolean;
}

/**
 * Writes a batch into the mirror, then acknowledges it in one transaction. A crash in between
 * repeats it, harmlessly: the guard of the write refuses what is not newer. Batches may be written side by side, but
 * are acknowledged one after the other: a cursor and a `complete` position speak for all that came before.
 */
export async function applyBatch(
  { db, mongo, model }: ModelInBothStores,
  batch: Batch,
  options: ApplyOptions = {},
): Promise<Applied> {
  const outcome = await writers[options.way ?? "replace"](mongo, model, batch.position, batch.entries);
  await options.before;
  const rejected = new Map(batch.invalid);
  for (const { id, reason } of outcome.rejected) rejected.set(id, reason);
  const mayHeal = batch.hasRejected || options.hasRejected?.() === true;
  const collection = batch.position.collection ?? model.name;
  const written = { model, collection };
  return { outcome, rejected, isCurrent: await acknowledge(db, batch, written, { rejected, mayHeal }) };
}

function acknowledge(
  db: MariaDb,
  batch: Batch,
  written: Written,
  { rejected, mayHeal }: { readonly rejected: ReadonlyMap<DocumentId, string>; readonly mayHeal: boolean },
): Promise<boolean> {
  const { model } = written;
  return readCommitted(db, async (connection) => {
    const own = await deletePending(connection, batch.pendingIds);
    // Another loader has answered some of them, perhaps from a later snapshot: which are rejected, it knows better.
    if ((mayHeal || rejected.size > 0) && own < batch.pendingIds.length) throw overtaken(model);
    // A rebuild asks the queue for them at its end: only there is known who read last.
    if (mayHeal && batch.pendingIds.length > 0) {
      const healed = batch.entries.map((entry) => entry.id).filter((id) => !rejected.has(id));
      await forgetRejected(connection, model, healed);
    }
    if (rejected.size > 0) await recordRejected(connection, model, rejected, batch.since);
    // A loader with the recorded shape will write these documents again, where they belong.
    if (!(await noteAcked(connection, [written], batch.position.n, batch.complete ?? 0n)))
      throw otherShape(model);
    return batch.range ? saveCursor(connection, model, batch.range.rebuild, batch.range.cursor) : true;
  });
}
