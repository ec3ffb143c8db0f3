import type { DocumentId, DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { type MirroredDocument, streamMirror } from "../../stores/mongodb/mirror-range.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import { compareIds } from "../apply/read-entries.ts";
import { readDuration } from "../duration.ts";
import { pause } from "../wake-up.ts";
import { compareDocument, type Defect, judgeStanding } from "./judge.ts";
import { type Probe, probeRange, probeThese } from "./probe.ts";
import { withProofSnapshots } from "./proof-snapshots.ts";

export interface VerifyReport {
  readonly model: string;
  /** Documents compared. */
  readonly checked: number;
  readonly defects: readonly Defect[];
  /** Documents that were written so often that no probe of them proved anything. */
  readonly unsettled: number;
  /** Documents that could not be built or stored, which are not compared. */
  readonly rejected: number;
  /** False: the mirror is not complete, or holds another shape than this definition's; nothing is proven. */
  readonly isComplete: boolean;
  /** Where the part that was asked for ends; null: at the end of the model. */
  readonly upTo: DocumentId | null;
}

export interface VerifyOptions {
  readonly db: MariaDb;
  readonly mongo: MongoDb;
  readonly model: DocumentModel;
  /** Compare contents, which finds manual edits; else the hash that the loader stored. */
  readonly deep: boolean;
  readonly signal: AbortSignal;
  /** Only so many documents after this one; default: all. */
  readonly part?: { readonly after: DocumentId | null; readonly documents: number };
  readonly onProgress?: (checked: number) => void;
}

/** Probes of documents that are in doubt, with growing pauses in between. */
const PROBES = 8;
const LONGEST_PAUSE_MS = 200;

/** A document that waits for its turn stays in doubt until then: together the pauses last longer than that. */
const longestPauseOf = ({ every }: DocumentModel): number =>
  every === undefined ? LONGEST_PAUSE_MS : Math.max(LONGEST_PAUSE_MS, readDuration(every) / 3);

/**
 * Compares every document of a model in both stores, while both are written. A range is read in a snapshot
 * with position n, with the ids that are on their way then; after that the mirror. A document that is not on
 * its way, and whose mirrored version is not above n, must be equal: the last change that touched it before
 * the snapshot was applied in a later snapshot than its own commit. The others are probed again. On a replica nothing is
 * written, and what it has not heard of yet stays unsettled.
 */
export async function verifyModel(options: VerifyOptions): Promise<VerifyReport> {
  const { db, model, signal } = options;
  return withProofSnapshots(db, async (snapshots) => {
    const tally = createTally(options);
    let after: DocumentId | null = options.part?.after ?? null;
    let rest = options.part?.documents ?? Number.POSITIVE_INFINITY;
    while (rest > 0) {
      signal.throwIfAborted();
      const probe: Probe = await probeRange(options.model, snapshots, after, rest);
      if (!probe.isComplete) return tally.report(false, null);
      await tally.compare(probe, { after, upTo: probe.upTo });
      options.onProgress?.(tally.checked);
      rest -= probe.documents.size + probe.invalid.size;
      after = probe.upTo;
      if (after === null) break;
    }
    for (let round = 1; round <= PROBES && tally.doubtful.size > 0; round++) {
      signal.throwIfAborted();
      await pause(Math.min(25 * 2 ** round, longestPauseOf(model)), signal);
      const ids = [...tally.doubtful.keys()].sort((a, b) => compareIds(model, a, b));
      for (let from = 0; from < ids.length; from += 500) {
        const some = ids.slice(from, from + 500);
        const again = await probeThese(options.model, snapshots, some);
        // Distrusted meanwhile: the queue is forgotten that said what was on its way.
        if (!again.isComplete) return tally.report(false, null);
        await tally.compare(again, { ids: some });
      }
    }
    return tally.report(true, after);
  });
}

function createTally({ mongo, model, deep }: VerifyOptions) {
  const defects: Defect[] = [];
  const rejected = new Set<DocumentId>();
  /** Ids that no probe could settle yet, with the version that was too new for the last; null: on their way. */
  const doubtful = new Map<DocumentId, bigint | null>();
  let checked = 0;

  const compareOne = (probe: Probe, id: DocumentId, mirrored: MirroredDocument | undefined) => {
    const tooNew = probe.takesPositions ? doubtful.get(id) : undefined;
    const standing = judgeStanding(probe, id, mirrored?.version, tooNew);
    doubtful.delete(id);
    if (standing.is === "doubtful") doubtful.set(id, standing.version);
    else if (standing.is === "rejected") rejected.add(id);
    else if (standing.is === "future")
      defects.push({
        model: model.name,
        id,
        kind: "future",
        version: `${mirrored?.version}`,
        differences: [],
      });
    else {
      checked += 1;
      const live = probe.documents.get(id) ?? null;
      const defect = compareDocument(model, deep, id, { live, mirrored });
      if (defect) defects.push(defect);
    }
  };

  return {
    doubtful,
    get checked() {
      return checked;
    },
    async compare(
      probe: Probe,
      range: { after: DocumentId | null; upTo: DocumentId | null } | { ids: readonly DocumentId[] },
    ) {
      const ids = "ids" in range ? range.ids : [];
      const bounds = "ids" in range ? { after: null, upTo: null, ids } : range;
      const missing = new Set([...probe.documents.keys(), ...probe.invalid.keys(), ...ids]);
      const { collection } = probe;
      for await (const mirrored of streamMirror(mongo, model, { ...bounds, collection, deep })) {
        missing.delete(mirrored.id);
        compareOne(probe, mirrored.id, mirrored);
      }
      for (const id of missing) compareOne(probe, id, undefined);
    },
    report: (isComplete: boolean, upTo: DocumentId | null): VerifyReport => ({
      upTo,
      model: model.name,
      checked,
      defects,
      unsettled: doubtful.size,
      rejected: rejected.size,
      isComplete,
    }),
  };
}
