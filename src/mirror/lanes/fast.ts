import { setTimeout as sleep } from "node:timers/promises";
import type { Written } from "../../core/acknowledge.ts";
import { readStandings } from "../../core/model-state.ts";
import type { Touched } from "../../core/pending-queue.ts";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
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
const DEADLINE_MS = 100;
/** A model whose documents took longer to read than this stays away for fifty times as long. */
const SLOW_READ_MS = 20;
const COOLDOWN_FACTOR = 50;
/** So long writes that came late are waited for at the end. */
const DRAIN_MS = 2000;

/** Documents of one model, read and ready to be written. */
export type FastBatch = Pick<Batch, "position" | "entries"> & { readonly model: DocumentModel };

/**
 * The short way of few documents: read in the snapshot that resolves their changes, and written at once, without
 * the queue, which costs a second position, a second snapshot and two more commits. Its promise is the queue's:
 * the changes are deleted only when their documents are durable or queued. Anything unusual (an error, a rejected
 * document, a model that is paced, slow or not ready) falls back to the queue.
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
  drain(): Promise<void>;
}

export interface FastPathOptions {
  readonly mongo: MongoDb;
  /** The collection that the worker of the model has prepared; undefined when it has not, or has failed. */
  readonly readyIn: (model: DocumentModel) => string | undefined;
  /** Told what was written. */
  readonly onEvent: OnLoaderEvent;
  /** Bounds each read, and the writes together. */
  readonly deadlineMs?: number;
}

/** A fast path of one loader. */
export function createFastPath(options: FastPathOptions): FastPath {
  const { readyIn, deadlineMs = DEADLINE_MS } = options;
  const restsUntil = new Map<DocumentModel, number>();
  // Models of which a write is still under way after its deadline: nothing is added to it.
  const late = new Set<DocumentModel>();
  const underWay = new Set<Promise<unknown>>();

  return {
    async read(snapshot, touched) {
      const chosen = [...touched].filter(
        ([model, documents]) =>
          isFast(model, documents.length) &&
          readyIn(model) !== undefined &&
          !late.has(model) &&
          performance.now() >= (restsUntil.get(model) ?? 0),
      );
      if (chosen.length === 0) return [];
      const models = chosen.map(([model]) => model);
      const standings = await readStandings(snapshot.connection, models);
      const batches: FastBatch[] = [];
      for (const [model, documents] of chosen) {
        const standing = standings.get(model);
        // Behind a batch of its queue, a document that the batch rejects would stay rejected though it is mended here.
        if (!standing?.isAtRest || standing.hasRejected) continue;
        if (standing.collection !== readyIn(model)) continue;
        const started = performance.now();
        const ids = documents.map((document) => document.id);
        const entries = await readQuickly(snapshot, model, ids, deadlineMs);
        if (entries) batches.push({ model, entries, position: toBatchPosition(snapshot, standing) });
        const ms = performance.now() - started;
        if (ms > SLOW_READ_MS) restsUntil.set(model, started + ms * COOLDOWN_FACTOR);
      }
      return batches;
    },

    async write(batches) {
      const durable: Written[] = [];
      if (batches.length === 0) return durable;
      const open = new Set(batches.map((batch) => batch.model));
      const all = batches.map(async (batch) => {
        const written = await writeOne(options, batch);
        if (written) durable.push(written);
        open.delete(batch.model);
        late.delete(batch.model);
      });
      const ended = Promise.all(all);
      underWay.add(ended);
      void ended.then(() => underWay.delete(ended));
      await atMost(deadlineMs, ended);
      for (const model of open) late.add(model);
      // A copy: what ends later is in the queue by then, and written twice.
      return [...durable];
    },

    drain: () => atMost(DRAIN_MS, Promise.all(underWay)),
  };
}

const isFast = (model: DocumentModel, documents: number): boolean =>
  model.every === undefined && documents > 0 && documents <= FAST_DOCUMENTS;

/** Undefined when the view does not give all of them, or not in time. */
async function readQuickly(
  snapshot: Snapshot,
  model: DocumentModel,
  ids: readonly DocumentId[],
  timeoutMs: number,
): Promise<FastBatch["entries"] | undefined> {
  try {
    const { entries, invalid } = await readEntries(snapshot.connection, model, ids, { timeoutMs });
    return invalid.size === 0 ? entries : undefined;
  } catch (error) {
    if (isSqlFault(error) || sqlErrorOf(error)?.errno === STATEMENT_TIMEOUT) return undefined;
    throw error;
  }
}

/** Undefined when they are not all durable. */
async function writeOne(
  { mongo, onEvent }: FastPathOptions,
  { model, position, entries }: FastBatch,
): Promise<Written | undefined> {
  const started = performance.now();
  try {
    const { written, skipped, rejected } = await writeBatch(mongo, model, position, entries);
    if (rejected.length > 0) return undefined;
    const ms = Math.round(performance.now() - started);
    const counts = { position: position.n, written, skipped, rejected: 0, ms };
    onEvent({ type: "applied", model: model.name, kind: "changes", ...counts });
    return { model, collection: position.collection ?? model.name };
  } catch {
    // The worker of the model meets the same error, and tells of it.
    return undefined;
  }
}

/** Waits until `work` has ended, but no longer than that. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: ended.signal }).catch(() => undefined)]);
  ended.abort();
}
