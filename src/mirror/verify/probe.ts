import { readStates } from "../../core/model-state.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import type { MariaDbConnection } from "../../stores/mariadb/mariadb.ts";
import { shapeHash } from "../../stores/mongodb/mirror-schema.ts";
import { type ReadEntries, readEntries, readRange } from "../apply/read-entries.ts";
import { type OnTheWay, readOnTheWay } from "./on-the-way.ts";
import type { ProofSnapshots } from "./proof-snapshots.ts";

/** What one snapshot shows of documents. */
export interface Probe extends OnTheWay, Pick<ReadEntries, "invalid"> {
  readonly n: bigint;
  /** False: `n` was not taken for it, so a larger one may have been given before. */
  readonly takesPositions: boolean;
  /** False: the mirror must not be trusted, so nothing was read. */
  readonly isComplete: boolean;
  /** Where the mirror has the documents. */
  readonly collection: string;
  /** By id; null: the view has none. */
  readonly documents: ReadonlyMap<DocumentId, Document | null>;
  /** End of the range, inclusive; null: to the end. */
  readonly upTo: DocumentId | null;
}

/** Probes the next `limit` documents after `after`. */
export async function probeRange(
  model: DocumentModel,
  snapshots: ProofSnapshots,
  after: DocumentId | null,
  limit: number,
): Promise<Probe> {
  return probe(model, snapshots, async (connection) => {
    const read = await readRange(connection, model, after, Math.min(limit, model.batch));
    return { ...read, upTo: read.isEnd ? null : read.last };
  });
}

/** Probes these documents. */
export async function probeThese(
  model: DocumentModel,
  snapshots: ProofSnapshots,
  ids: readonly DocumentId[],
): Promise<Probe> {
  return probe(model, snapshots, async (connection) => ({
    ...(await readEntries(connection, model, ids)),
    upTo: null,
  }));
}

/** Reads documents and what is on its way in one snapshot, unless that shows that the mirror must not be trusted. */
async function probe(
  model: DocumentModel,
  snapshots: ProofSnapshots,
  read: (connection: MariaDbConnection) => Promise<ReadEntries & Pick<Probe, "upTo">>,
): Promise<Probe> {
  const snapshot = await snapshots.open();
  const { connection } = snapshot;
  const state = (await readStates(connection)).get(model.name);
  // Whole, and of its very shape: not about to get it.
  const isOwnShape = state?.shapeHash === shapeHash(model) && state.heldShape === null;
  const isComplete = isOwnShape && state.rebuiltAt !== null;
  const found = isComplete ? await read(connection) : { entries: [], invalid: new Map(), upTo: null };
  const onTheWay = isComplete
    ? await readOnTheWay(connection, model)
    : { unsettled: new Set<DocumentId>(), rejected: new Set<DocumentId>() };
  await snapshot.release();
  const { invalid, upTo, entries } = found;
  return {
    ...onTheWay,
    invalid,
    upTo,
    documents: new Map(entries.map(({ id, document }) => [id, document])),
    n: snapshot.position.n,
    takesPositions: snapshots.takesPositions,
    isComplete,
    collection: state?.collection ?? model.name,
  };
}
