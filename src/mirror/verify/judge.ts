import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { hashDocument, toExtendedJson, toMirroredForm } from "../../stores/conversion/mirrored-form.ts";
import type { MirroredDocument } from "../../stores/mongodb/mirror-range.ts";
import { type Difference, findDifferences } from "./find-differences.ts";
import type { Probe } from "./probe.ts";

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

/**
 * What a probe, and the mirror later, say of one document. `compare`: it must be equal. `doubtful`: this proves
 * nothing; `version`: because the mirrored one is newer, null: because it is on its way. `future`: a version that no snapshot had.
 */
export type Standing =
  | { readonly is: "rejected" | "future" | "compare" }
  | { readonly is: "doubtful"; readonly version: bigint | null };

/**
 * Judges whether a document can be compared. The last change that touched it before the snapshot was applied in a later
 * snapshot than its own commit: so one that was not on its way, and whose mirrored version is not above `n`, must be equal.
 * `tooNew`: the version that was too new for an earlier probe.
 */
export function judgeStanding(
  probe: Pick<Probe, "n" | "rejected" | "invalid" | "unsettled">,
  id: DocumentId,
  version: bigint | undefined,
  tooNew: bigint | null | undefined,
): Standing {
  if (probe.rejected.has(id) || probe.invalid.has(id)) return { is: "rejected" };
  const isNewer = version !== undefined && version > probe.n;
  // Still above: this position was not given to anyone when the mirror had it already.
  if (tooNew && isNewer && version === tooNew) return { is: "future" };
  if (probe.unsettled.has(id) || isNewer) return { is: "doubtful", version: isNewer ? version : null };
  return { is: "compare" };
}

/** Compares one document that must be equal; by contents when `deep`, else by the hash that the loader stored. */
export function compareDocument(
  model: DocumentModel,
  deep: boolean,
  id: DocumentId,
  { live, mirrored }: { readonly live: Document | null; readonly mirrored: MirroredDocument | undefined },
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
