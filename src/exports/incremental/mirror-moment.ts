import { setTimeout as wait } from "node:timers/promises";
import { readStates } from "../../core/model-state.ts";
import { readSourceStatus } from "../../core/source-status.ts";
import { VitrineError } from "../../errors.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import type { Branch } from "../../stores/mongodb/branches.ts";
import { readApplied } from "../../stores/mongodb/mirror-records.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";

/** What the mirror of a model is at a moment. */
export interface MirrorMoment {
  readonly incarnation: string;
  readonly branches: readonly Branch[];
  readonly collection: string;
  /** It shows everything committed before this position. */
  readonly complete: bigint;
  /** Position of the first snapshot of its last rebuild; null: there was none, or it waits for one. */
  readonly rebuiltFrom: bigint | null;
  /** Documents that it lacks, because they could not be built or stored. */
  readonly rejected: number;
  readonly lagMs: number;
}

/** @throws VitrineError MIRROR_UNAVAILABLE when the model cannot be read from the mirror */
export async function readMoment(db: MariaDb, model: DocumentModel): Promise<MirrorMoment> {
  const { incarnation, branches, models } = await readSourceStatus(db, [model]);
  const status = models.get(model.name);
  const state = (await readStates(db, model)).get(model.name);
  if (!status?.readable || !state)
    throw new VitrineError(
      "MIRROR_UNAVAILABLE",
      `The mirror of ${model.name} is not complete, and changes are read from it. Let \`vitrine mirror\` run, or \`vitrine rebuild ${model.name}\`.`,
    );
  // What it can read there has the fields of an older definition; those of the mirror would be missing for good.
  if (!status.sameShape)
    throw new VitrineError(
      "MIRROR_UNAVAILABLE",
      `${model.name} is mirrored in another shape. Update this exporter, or the loader and \`vitrine rebuild ${model.name}\`.`,
    );
  const { collection, complete, lagMs } = status.readable;
  const { rejected } = status;
  return { incarnation, branches, collection, complete, rebuiltFrom: state.rebuildFrom, rejected, lagMs };
}

/**
 * Position up to which files of this moment are complete: none that the mirror has nothing of. So a database that is restored to a copy
 * of before it begins another life, and one of a later copy gives only later positions again.
 * @throws VitrineError MIRROR_UNAVAILABLE
 */
export async function readEnd(mongo: MongoDb, { complete }: MirrorMoment): Promise<bigint> {
  const applied = [...(await readApplied(mongo)).values()];
  const largest = applied.reduce((most, { n }) => (n > most ? n : most), 0n);
  return largest < complete ? largest : complete;
}

const PAUSE_MS = 50;

/** Waits until the mirror shows everything committed before a position, or the time is over, and tells what it is then. */
export async function awaitMoment(
  db: MariaDb,
  model: DocumentModel,
  { position, deadline, signal }: { position: bigint; deadline: number; signal: AbortSignal },
): Promise<MirrorMoment> {
  for (;;) {
    signal.throwIfAborted();
    const moment = await readMoment(db, model);
    if (moment.complete >= position || performance.now() >= deadline) return moment;
    await wait(PAUSE_MS, undefined, { signal });
  }
}

/** Whether what was read at the first moment and up to the second is of one mirror. */
export const isSameMirror = (first: MirrorMoment, second: MirrorMoment): boolean =>
  first.incarnation === second.incarnation &&
  first.collection === second.collection &&
  first.rebuiltFrom === second.rebuiltFrom;

/** Deletions are told for three days; the rest is room for clocks that differ, and for long runs. */
const DELETIONS_KEPT_MS = 60 * 60 * 60 * 1000;

/**
 * Whether the mirror may lack deletions since an earlier run: they were long ago, or it was made anew. Then what it has is
 * compared with what the files have.
 */
export function mayLackDeletions(
  moment: Pick<MirrorMoment, "collection" | "rebuiltFrom">,
  since: {
    readonly position: { readonly to: string };
    readonly time: string;
    readonly collection: string;
  },
  now: number,
): boolean {
  const { collection, rebuiltFrom } = moment;
  const age = now - Date.parse(since.time);
  return (
    // A clock that was set back says nothing.
    !(age >= 0 && age < DELETIONS_KEPT_MS) ||
    collection !== since.collection ||
    rebuiltFrom === null ||
    rebuiltFrom > BigInt(since.position.to)
  );
}
