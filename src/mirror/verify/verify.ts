import type { DocumentId, DocumentModel } from "../../models/model.ts";
import { hashDocument, toExtendedJson, toMirroredForm } from "../../stores/conversion/mirrored-form.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { type MirroredDocument, streamMirror } from "../../stores/mongodb/mirror-range.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import { compareIds, type ReadEntries } from "../apply/read-entries.ts";
import { readDuration } from "../duration.ts";
import { withSnapshots } from "../snapshots.ts";
import { pause } from "../wake-up.ts";
import { type Difference, findDifferences } from "./find-differences.ts";
import { entriesOf, type Look, lookAtRange, lookAtThese } from "./probe.ts";

/** A proven disagreement of live and mirror: no change that is on its way explains it. */
export interface Defect {
  readonly model: string;
  readonly id: DocumentId;
  readonly kind: "missing" | "differs" | "orphan" | "future";
  /** Of the mirrored document; null when it is missing. */
  readonly version: string | null;
  /** Empty unless its contents were compared. Values are Extended JSON. */
  readonly differences: readonly Difference[];
}

export interface VerifyReport {
  readonly model: string;
  /** Documents compared. */
  readonly checked: number;
  readonly defects: readonly Defect[];
  /** Documents that were written so often that no look at them proved anything. */
  readonly unsettled: number;
  /** Documents put aside as dead, which are not compared. */
  readonly dead: number;
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

/** Looks at documents that are in doubt, with growing pauses in between. */
const LOOKS = 8;
const LONGEST_PAUSE_MS = 200;

/** A document that waits for its turn stays in doubt until then: together the pauses last longer than that. */
const longestPauseOf = ({ every }: DocumentModel): number =>
  every === undefined ? LONGEST_PAUSE_MS : Math.max(LONGEST_PAUSE_MS, readDuration(every) / 3);

/**
 * Compares every document of a model in both stores, while both are written. A range is read in a snapshot
 * with position n, with the ids that are on their way then; after that the mirror. A document that is not on
 * its way, and whose mirrored version is not above n, must be equal: the last change that touched it before
 * the snapshot was applied in a later snapshot than its own commit. The others are looked at again.
 */
export async function verifyModel(options: VerifyOptions): Promise<VerifyReport> {
  const { db, model, signal } = options;
  return withSnapshots(db, async (snapshots) => {
    const tally = createTally(options);
    let after: DocumentId | null = options.part?.after ?? null;
    let rest = options.part?.documents ?? Number.POSITIVE_INFINITY;
    while (rest > 0) {
      signal.throwIfAborted();
      const look: Look = await lookAtRange(options.model, snapshots, after, rest);
      if (!look.isComplete) return tally.report(false, null);
      await tally.compare(look, { after, upTo: look.upTo });
      options.onProgress?.(tally.checked);
      rest -= look.entries.length + look.invalid.size;
      after = look.upTo;
      if (after === null) break;
    }
    for (let round = 1; round <= LOOKS && tally.doubtful.size > 0; round++) {
      signal.throwIfAborted();
      await pause(Math.min(25 * 2 ** round, longestPauseOf(model)), signal);
      const ids = [...tally.doubtful.keys()].sort((a, b) => compareIds(model, a, b));
      for (let from = 0; from < ids.length; from += 500) {
        const some = ids.slice(from, from + 500);
        const again = await lookAtThese(options.model, snapshots, some);
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
  const dead = new Set<DocumentId>();
  /** Ids that one look could not settle, with the version that was too new for it; null: on their way. */
  const doubtful = new Map<DocumentId, bigint | null>();
  let checked = 0;

  const compareOne = (look: Look, id: DocumentId, mirrored: MirroredDocument | undefined) => {
    const entry = entriesOf(look).get(id);
    const tooNew = doubtful.get(id);
    doubtful.delete(id);
    if (look.dead.has(id) || look.invalid.has(id)) {
      dead.add(id);
      return;
    }
    if (tooNew && mirrored?.version === tooNew && tooNew > look.n) {
      // This position was not given to anyone when the mirror had it already.
      defects.push({ model: model.name, id, kind: "future", version: String(tooNew), differences: [] });
      return;
    }
    if (look.unsettled.has(id) || (mirrored && mirrored.version > look.n)) {
      doubtful.set(id, mirrored && mirrored.version > look.n ? mirrored.version : null);
      return;
    }
    checked += 1;
    const defect = judge(model, deep, id, entry ?? null, mirrored);
    if (defect) defects.push(defect);
  };

  return {
    doubtful,
    get checked() {
      return checked;
    },
    async compare(
      look: Look,
      range: { after: DocumentId | null; upTo: DocumentId | null } | { ids: readonly DocumentId[] },
    ) {
      const bounds = "ids" in range ? { after: null, upTo: null, ids: range.ids } : range;
      const missing = new Set([
        ...entriesOf(look).keys(),
        ...look.invalid.keys(),
        ...("ids" in range ? range.ids : []),
      ]);
      const { collection } = look;
      for await (const mirrored of streamMirror(mongo, model, { ...bounds, collection, deep })) {
        missing.delete(mirrored.id);
        compareOne(look, mirrored.id, mirrored);
      }
      for (const id of missing) compareOne(look, id, undefined);
    },
    report: (isComplete: boolean, upTo: DocumentId | null): VerifyReport => ({
      upTo,
      model: model.name,
      checked,
      defects,
      unsettled: doubtful.size,
      dead: dead.size,
      isComplete,
    }),
  };
}

/** Compares one document that is settled. */
function judge(
  model: DocumentModel,
  deep: boolean,
  id: DocumentId,
  live: ReadEntries["entries"][number]["document"],
  mirrored: MirroredDocument | undefined,
): Defect | undefined {
  const version = mirrored ? String(mirrored.version) : null;
  const isThere = mirrored !== undefined && !mirrored.isTombstone;
  const base = { model: model.name, id, version, differences: [] };
  if (!live) return isThere ? { ...base, kind: "orphan" } : undefined;
  if (!isThere) return { ...base, kind: "missing" };
  const hash = hashDocument(live);
  if (mirrored.hash === hash && !deep) return undefined;
  const form = toMirroredForm(model, live);
  if (mirrored.hash === hash && mirrored.contentHash === form.contentHash) return undefined;
  const content = mirrored.content;
  const differences = content
    ? [
        ...findDifferences(toExtendedJson(form.content), toExtendedJson(content)),
        ...(mirrored.hash === hash ? [] : [{ path: "_h", live: hash, mirror: mirrored.hash }]),
      ]
    : [];
  return { ...base, kind: "differs", differences };
}
