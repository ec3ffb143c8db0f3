import { setTimeout as sleep } from "node:timers/promises";
import type { Written } from "../../core/acknowledge.ts";
import { readStandings } from "../../core/model-state.ts";
import type { Touched } from "../../core/pending-queue.ts";
import type { DocumentModel } from "../../models/model.ts";
import { sqlErrorOf } from "../../stores/mariadb/mariadb.ts";
import { isSqlFault } from "../../stores/mariadb/sql-faults.ts";
import { writeBatch } from "../../stores/mongodb/mirror-writer.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import type { Batch } from "../apply/apply-batch.ts";
import { toBatchPosition } from "../apply/batch-reader.ts";
import { readEntries } from "../apply/read-entries.ts";
import type { OnLoaderEvent } from "../events.ts";
import type { Snapshot } from "../snapshots.ts";

const STATEMENT_TIMEOUT = 1969;
/** More documents of a model than this in one cycle: its queue merges what touches one document twice. */
const FAST_DOCUMENTS = 50;
/** What is not read or written by then goes through the queue, so that one slow model or server holds up no other. */
const PATIENCE_MS = 100;
/** A model whose documents took longer to read than this stays away for fifty times as long. */
const DEAR_MS = 20;
const REST_FACTOR = 50;

/** Documents of one model, read and ready to be written. */
export type FastBatch = Pick<Batch, "position" | "entries"> & { readonly model: DocumentModel };

/**
 * The short way of few documents: read in the snapshot that resolves their changes, and written at once, without
 * the queue, which costs a second position, a second snapshot and two more commits. Its promise is the queue's:
 * the changes are deleted only when their documents are durable or queued. Whatever is not plain sailing here (a
 * fault, a refused document, a model that is paced, dear or not ready) is left to the queue.
 */
export interface FastPath {
  /** Reads the documents that can go this way; to be called before the snapshot is released. */
  read(
    snapshot: Snapshot,
    touched: ReadonlyMap<DocumentModel, readonly Touched[]>,
  ): Promise<readonly FastBatch[]>;
  /** Writes them, and returns what is durable: of each model all or nothing. Never throws. */
  write(batches: readonly FastBatch[]): Promise<readonly Written[]>;
  /** Waits for writes that came late, two seconds at most: none is to outlive its loader. */
  settle(): Promise<void>;
}

export interface FastPathOptions {
  readonly mongo: MongoDb;
  /** The collection that the worker of the model has prepared; undefined when it has not, or has failed. */
  readonly readyIn: (model: DocumentModel) => string | undefined;
  /** Told what was written. */
  readonly onEvent: OnLoaderEvent;
  /** Bounds each read, and the writes together. */
  readonly patienceMs?: number;
}

/** A fast path of one loader. */
export function createFastPath(options: FastPathOptions): FastPath {
  const { mongo, readyIn, onEvent, patienceMs = PATIENCE_MS } = options;
  const restsUntil = new Map<DocumentModel, number>();
  // Models of which a write is still under way after its patience: nothing is added to it.
  const late = new Set<DocumentModel>();

  const isFast = (model: DocumentModel, documents: readonly Touched[]) =>
    model.every === undefined &&
    documents.length > 0 &&
    documents.length <= FAST_DOCUMENTS &&
    readyIn(model) !== undefined &&
    !late.has(model) &&
    performance.now() >= (restsUntil.get(model) ?? 0);

  const underWay = new Set<Promise<unknown>>();

  const writeOne = async ({ model, position, entries }: FastBatch): Promise<Written | undefined> => {
    const started = performance.now();
    try {
      const { written, skipped, refused } = await writeBatch(mongo, model, position, entries);
      if (refused.length > 0) return undefined;
      const ms = Math.round(performance.now() - started);
      const counts = { position: position.n, written, skipped, dead: 0, ms };
      onEvent({ type: "applied", model: model.name, kind: "changes", ...counts });
      return { model, collection: position.collection ?? model.name };
    } catch {
      // The worker of the model meets the same error, and tells of it.
      return undefined;
    }
  };

  return {
    async read(snapshot, touched) {
      const chosen = [...touched].filter(([model, documents]) => isFast(model, documents));
      if (chosen.length === 0) return [];
      const standings = await readStandings(
        snapshot.connection,
        chosen.map(([model]) => model),
      );
      const batches: FastBatch[] = [];
      for (const [model, documents] of chosen) {
        const standing = standings.get(model);
        // Behind a batch of its queue, a document that the batch puts aside would stay aside though it is mended here.
        if (!standing?.isAtRest || standing.hasRejected) continue;
        if (standing.collection !== readyIn(model)) continue;
        const started = performance.now();
        try {
          const ids = documents.map((document) => document.id);
          const { entries, invalid } = await readEntries(snapshot.connection, model, ids, {
            timeoutMs: patienceMs,
          });
          if (invalid.size === 0)
            batches.push({ model, entries, position: toBatchPosition(snapshot, standing) });
        } catch (error) {
          if (!isSqlFault(error) && sqlErrorOf(error)?.errno !== STATEMENT_TIMEOUT) throw error;
        }
        const ms = performance.now() - started;
        if (ms > DEAR_MS) restsUntil.set(model, started + ms * REST_FACTOR);
      }
      return batches;
    },

    async write(batches) {
      const durable: Written[] = [];
      if (batches.length === 0) return durable;
      const open = new Set(batches.map((batch) => batch.model));
      const all = batches.map(async (batch) => {
        const written = await writeOne(batch);
        if (written) durable.push(written);
        open.delete(batch.model);
        late.delete(batch.model);
      });
      const patience = new AbortController();
      const settled = Promise.all(all);
      underWay.add(settled);
      void settled.then(() => underWay.delete(settled));
      await Promise.race([
        settled,
        sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined),
      ]);
      patience.abort();
      for (const model of open) late.add(model);
      // A copy: what ends later is in the queue by then, and written twice.
      return [...durable];
    },

    async settle() {
      await Promise.race([Promise.all(underWay), sleep(2000)]);
    },
  };
}
