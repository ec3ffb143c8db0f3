import { readRejectedIds } from "../../core/rejected-documents.ts";
import { VitrineError } from "../../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { takePosition } from "../../stores/mariadb/take-token.ts";
import { indexVersions, streamChanged } from "../../stores/mongodb/changed-documents.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import type { ColumnWidths } from "../define-table.ts";
import { describeColumns } from "../describe-columns.ts";
import type { Destination } from "../destinations/destination.ts";
import { parquet } from "../formats/parquet.ts";
import { readColumnWidths } from "../read-column-widths.ts";
import { toChangeModel, toChangeRow, toDeletion } from "./change-rows.ts";
import { readKnownVersions } from "./known-documents.ts";
import {
  type ChangeManifest,
  type ExportState,
  filePath,
  manifestPath,
  readState,
  statePath,
  writeJson,
} from "./manifest.ts";
import {
  awaitMoment,
  isSameMirror,
  type MirrorMoment,
  mayLackDeletions,
  readEnd,
  readMoment,
} from "./mirror-moment.ts";
import { requireNotStopped } from "./require-not-stopped.ts";
import { requireSameLife } from "./require-same-life.ts";

export interface ChangesRequest {
  /** May take a position. */
  readonly db: MariaDb;
  readonly mongo: MongoDb;
  readonly destination: Destination;
  readonly models: readonly DocumentModel[];
  readonly signal: AbortSignal;
  /** How long to wait for a mirror that lags; then its state is written as it is. Default: 10,000. */
  readonly patienceMs?: number;
  /** Told how many rows of a model are written so far. */
  readonly onProgress?: (model: DocumentModel, rows: number) => void;
}

/** What became of one model. */
export interface ModelChanges {
  readonly model: string;
  /** Null: nothing had changed, so there is no file. */
  readonly manifest: ChangeManifest | null;
  /** Age of the oldest committed change that the files may lack, in milliseconds; 0: none. */
  readonly lagMs: number;
  /** Documents that the mirror lacks or cannot give. */
  readonly leftOut: number;
  /** Why nothing could be written; the other models were. */
  readonly problem?: VitrineError;
}

const PATIENCE_MS = 10_000;

/**
 * Writes what has changed in the mirror of each model since the last run of the destination as one new file of each; all documents
 * where there was none. A file is seen when all of it and its manifest are there; no earlier one is touched.
 * @throws VitrineError EXPORT_FAILED, CANCELLED, SOURCE_UNAVAILABLE
 */
export async function exportChanges(request: ChangesRequest): Promise<readonly ModelChanges[]> {
  const { db, models, patienceMs = PATIENCE_MS } = request;
  const run: Run = {
    position: (await takePosition(db)).n,
    deadline: performance.now() + patienceMs,
    time: new Date(),
  };
  const done: ModelChanges[] = [];
  for (const model of models) done.push(await exportOrTell(request, run, model));
  return done;
}

interface Run {
  /** Every run has its own: later than all that were given before. */
  readonly position: bigint;
  readonly deadline: number;
  readonly time: Date;
}

/** A model whose mirror cannot be read holds up no other. */
async function exportOrTell(request: ChangesRequest, run: Run, model: DocumentModel): Promise<ModelChanges> {
  try {
    return await exportModel(request, run, model);
  } catch (error) {
    requireNotStopped(request.signal, error);
    if (!(error instanceof VitrineError) || error.code !== "MIRROR_UNAVAILABLE") throw error;
    return { model: model.name, manifest: null, lagMs: 0, leftOut: 0, problem: error };
  }
}

async function exportModel(request: ChangesRequest, begun: Run, model: DocumentModel): Promise<ModelChanges> {
  const { db, mongo, destination, signal } = request;
  const files = { destination, model, signal };
  await destination.clean(model.name, signal);
  const since = await readState(files);
  const run = await takeLater(db, begun, since);
  const moment = await awaitMoment(db, model, { ...run, signal });
  if (since) requireSameLife(files, since, { ...moment, ...run });
  await indexVersions(mongo, moment.collection);
  const reading: Reading = { model, moment, end: await readEnd(mongo, moment), since, found: createTally() };
  const manifest = await writeChanges(request, run, reading, readRows(request, reading));
  const { incarnation, collection } = moment;
  const state: ExportState = {
    run: String(run.position),
    last: manifest?.run ?? since?.last ?? null,
    position: { from: since?.position.to ?? null, to: String(reading.end) },
    incarnation,
    collection,
    time: run.time.toISOString(),
  };
  await writeJson(destination, statePath(model.name), state, signal);
  const isCurrent = moment.complete >= run.position;
  return {
    model: model.name,
    manifest,
    lagMs: isCurrent ? 0 : moment.lagMs,
    leftOut: reading.found.leftOut + moment.rejected,
  };
}

/** The run itself; under a position of its own where another run has come later and been faster. */
async function takeLater(db: MariaDb, run: Run, since: ExportState | null): Promise<Run> {
  const isOvertaken = since !== null && run.position <= BigInt(since.run);
  return isOvertaken ? { ...run, position: (await takePosition(db)).n, time: new Date() } : run;
}

interface Reading {
  readonly model: DocumentModel;
  readonly moment: MirrorMoment;
  /** See readEnd. */
  readonly end: bigint;
  /** The state of the files so far; null: there are none. */
  readonly since: ExportState | null;
  readonly found: Tally;
}

type Tally = ReturnType<typeof createTally>;
const createTally = () => ({ rows: 0, deletions: 0, leftOut: 0 });

/** The rows of the next file. @throws VitrineError MIRROR_UNAVAILABLE when the mirror became another one meanwhile */
async function* readRows(
  { db, mongo, destination, signal, onProgress }: ChangesRequest,
  { model, moment, end, since, found }: Reading,
): AsyncGenerator<Document> {
  const isSwept = since !== null && mayLackDeletions(moment, since, Date.now());
  const known = isSwept ? await readKnownVersions({ destination, model, signal }) : null;
  const onInvalid = (id: DocumentId) => {
    known?.delete(id);
    found.leftOut += 1;
  };
  const read = { collection: moment.collection, signal, onInvalid };
  const after = since === null ? null : BigInt(since.position.to);
  for await (const one of streamChanged(mongo, model, { ...read, after })) {
    if (one.document === null) found.deletions += 1;
    known?.delete(one.id);
    found.rows += 1;
    if (found.rows % 1000 === 0) onProgress?.(model, found.rows);
    yield toChangeRow(model, one);
  }
  if (known && known.size > 0) {
    for await (const { id } of streamChanged(mongo, model, { ...read, after: null })) known.delete(id);
    // What could not be built or stored is not in the mirror, and is no deletion.
    for (const id of await readRejectedIds(db, model)) known.delete(id);
    for (const [id, version] of known) {
      found.deletions += 1;
      found.rows += 1;
      // No later than the mirror was looked at: who is there again since comes with a later position.
      yield toDeletion(model, id, version < end ? end : version + 1n);
    }
  }
  onProgress?.(model, found.rows);
  if (!isSameMirror(moment, await readMoment(db, model)))
    throw new VitrineError(
      "MIRROR_UNAVAILABLE",
      `The mirror of ${model.name} was rebuilt while it was read: nothing of it is written. Export again.`,
    );
}

/** Writes the file and then its manifest, and makes the file seen last. Null: there are no rows. */
async function writeChanges(
  { db, destination, signal }: ChangesRequest,
  run: Run,
  { model, moment, end, since, found }: Reading,
  rows: AsyncGenerator<Document>,
): Promise<ChangeManifest | null> {
  const changes = toChangeModel(model);
  const widths: ColumnWidths = await readColumnWidths(db, model);
  const time = run.time.toISOString();
  const path = filePath(model.name, run.position, time.slice(0, 10));
  const first = await rows.next();
  if (first.done) return null;
  async function* all() {
    yield first.value;
    yield* rows;
  }
  const file = await destination.write(path, parquet.encode(changes, all(), { widths }), signal);
  try {
    const manifest: ChangeManifest = {
      model: model.name,
      file: path,
      run: String(run.position),
      previous: since?.last ?? null,
      position: { from: since?.position.to ?? null, to: String(end) },
      incarnation: moment.incarnation,
      collection: moment.collection,
      rows: found.rows,
      deletions: found.deletions,
      bytes: file.bytes,
      sha256: file.sha256,
      columns: describeColumns(changes.fields),
      leftOut: found.leftOut + moment.rejected,
      time,
    };
    await writeJson(destination, manifestPath(model.name, run.position), manifest, signal);
    await file.publish();
    return manifest;
  } finally {
    await file.discard();
  }
}
