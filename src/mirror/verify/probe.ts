import { readStates } from "../../core/model-state.ts";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import type { MariaDbConnection } from "../../stores/mariadb/mariadb.ts";
import { shapeHash } from "../../stores/mongodb/mirror-schema.ts";
import { type ReadEntries, readEntries, readRange } from "../apply/read-entries.ts";
import type { Snapshots } from "../snapshots.ts";
import { readUnsettled } from "./on-the-way.ts";

/** What one snapshot shows. */
export interface Look extends ReadEntries {
  readonly n: bigint;
  readonly isComplete: boolean;
  /** Where the mirror has the documents. */
  readonly collection: string;
  readonly unsettled: ReadonlySet<DocumentId>;
  readonly dead: ReadonlySet<DocumentId>;
  /** End of the range, inclusive; null: to the end. */
  readonly upTo: DocumentId | null;
}

/** Looks at the next `limit` documents after `after`. */
export async function lookAtRange(
  model: DocumentModel,
  snapshots: Snapshots,
  after: DocumentId | null,
  limit: number,
): Promise<Look> {
  return look(model, snapshots, async (connection) => {
    const read = await readRange(connection, model, after, Math.min(limit, model.batch));
    return { ...read, upTo: read.last };
  });
}

/** Looks at these documents. */
export async function lookAtThese(
  model: DocumentModel,
  snapshots: Snapshots,
  ids: readonly DocumentId[],
): Promise<Look> {
  return look(model, snapshots, async (connection) => ({
    ...(await readEntries(connection, model, ids)),
    upTo: null,
  }));
}

/** Reads documents and what is on its way in one snapshot, unless that shows that the mirror must not be trusted. */
async function look(
  model: DocumentModel,
  snapshots: Snapshots,
  read: (connection: MariaDbConnection) => Promise<ReadEntries & Pick<Look, "upTo">>,
): Promise<Look> {
  const snapshot = await snapshots.open();
  const { connection } = snapshot;
  const state = (await readStates(connection)).get(model.name);
  // Whole, and of its very shape: not about to get it.
  const isOwnShape = state?.shapeHash === shapeHash(model) && state.heldShape === null;
  const isComplete = isOwnShape && state.rebuiltAt !== null;
  const found = isComplete
    ? { ...(await read(connection)), ...(await readUnsettled(connection, model)) }
    : {
        entries: [],
        invalid: new Map(),
        unsettled: new Set<DocumentId>(),
        dead: new Set<DocumentId>(),
        upTo: null,
      };
  await snapshot.release();
  return { ...found, n: snapshot.position.n, isComplete, collection: state?.collection ?? model.name };
}

const known = new WeakMap<Look, Map<DocumentId, ReadEntries["entries"][number]["document"]>>();

/** The documents of a look by id. */
export function entriesOf(look: Look) {
  const entries = known.get(look) ?? new Map(look.entries.map((entry) => [entry.id, entry.document]));
  known.set(look, entries);
  return entries;
}
