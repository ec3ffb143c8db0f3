import { isDeepStrictEqual } from "node:util";
import type { Document, DocumentId } from "../models/model.ts";
import { storedNames } from "../stores/conversion/stored-fields.ts";
import type {
  DocumentStore,
  Filter,
  HistoryPage,
  HistoryRequest,
  ReadOptions,
  Version,
} from "../stores/document-store.ts";
import { matchesFilter } from "../stores/match-filter.ts";
import { startTimeLimit } from "../stores/time-limit.ts";
import { checkPresent, refuse, type SeenModel, toToldError } from "./guard-model.ts";

/** Whose history is read. */
interface Reader {
  readonly seen: SeenModel;
  readonly rows: Filter | null;
}

/** Versions read at a time, at least: hidden ones are passed over. */
const STEP = 20;
/** Part of the time that is left when a page of a history returns what it has. */
const LATE_SHARE = 0.25;

/**
 * The versions of a document as somebody may see them. Each is judged as it was: while it did not fit their rule, it was not
 * there. Neighbours that look the same to them are one, and what has changed is told against the one before that they see.
 * @throws VitrineError FORBIDDEN where the past is not theirs
 */
export async function guardVersions(
  store: Pick<DocumentStore, "findVersions">,
  reader: Reader,
  { id, limit, before }: HistoryRequest & { readonly id: DocumentId },
  options: ReadOptions,
): Promise<HistoryPage> {
  const { rights, ruled } = reader.seen;
  if (!ruled.history) refuse(`Of ${rights.shown.typeName} you see what is there now, and no earlier state.`);
  checkPresent(reader.seen, options.asOf);
  const time = startTimeLimit(options);
  const { timeoutMs = Number.POSITIVE_INFINITY } = options;
  /** Those that are whole: how far back the last one reaches is not known yet. */
  const isLate = () => found.length > 1 && time.leftMs() < timeoutMs * LATE_SHARE;
  const found: Version[] = [];
  let from = before;
  let isWhole = false;
  // One more than asked for says what has changed in the last one, and where that begins.
  while (!isWhole && found.length <= limit && !isLate()) {
    const request = { limit: Math.max(limit + 1 - found.length, STEP), before: from };
    const page = await store.findVersions(rights.model, id, request, {
      ...options,
      timeoutMs: time.leftMs(),
    });
    for (const version of page.versions) add(found, toSeen(reader, version));
    from = page.versions.at(-1)?.changedAt ?? from;
    isWhole = !page.hasMore || page.versions.length === 0;
  }
  // Before it is there for the first time it is no version.
  if (isWhole && found.at(-1)?.document === null && !found.at(-1)?.error) found.pop();
  const names = storedNames(rights.shown);
  const count = isWhole ? limit : Math.min(limit, found.length - 1);
  const versions = found.slice(0, count).map((version, index) => ({
    ...version,
    changedFields: differing(names, version.document, found[index + 1]?.document ?? null),
  }));
  return { versions, hasMore: found.length > count };
}

/** A version that looks like the newer one beside it is the same one, and began earlier. */
function add(found: Version[], older: Version): void {
  const newer = found.at(-1);
  if (!newer || !isDeepStrictEqual(looksOf(newer), looksOf(older))) {
    found.push(older);
    return;
  }
  found[found.length - 1] = { ...older, validTo: newer.validTo };
}

const looksOf = ({ document, error }: Version) => [document, error?.message ?? null];

/** Of a version that cannot be given nobody knows whether it fits: it is there for those alone to whom all is. */
function toSeen({ seen, rows }: Reader, { error, ...version }: Version): Version {
  const { document } = version;
  const { show } = seen;
  const { model } = seen.rights;
  if (rows !== null && (document === null || !matchesFilter(model, rows, document)))
    return { ...version, document: null };
  return {
    ...version,
    document: document && show ? show(document) : document,
    ...(error ? { error: toToldError(seen, error) as Error } : {}),
  };
}

function differing(names: readonly string[], newer: Document | null, older: Document | null): string[] {
  return names.filter((name) => !isDeepStrictEqual(newer?.[name], older?.[name]));
}
