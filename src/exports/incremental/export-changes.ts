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
import { readKnownIds } from "./known-documents.ts";
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
  readMoment,
} from "./mirror-moment.ts";

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
    if (!(error instanceof VitrineError) || error.code !== "MIRROR_UNAVAILABLE") throw error;
    return { model: model.name, manifest: null, lagMs: 0, leftOut: 0, problem: error };
  }
}

async function exportModel(request: ChangesRequest, run: Run, model: DocumentModel): Promise<ModelChanges> {
  const { db, destination, signal } = request;
  await destination.clean(model.name);
  const since = await readState(destination, model.name);
  const moment = await awaitMoment(db, model, { ...run, signal });
  await indexVersions(request.mongo, moment.collection);
  const found = createTally();
  const rows = readRows(request, run, { model, moment, since, found });
  const manifest = await writeChanges(request, run, { model, moment, since, found }, rows);
  const { incarnation, collection } = moment;
  const state: ExportState = {
    run: String(run.position),
    last: manifest?.run ?? since?.last ?? null,
    position: { from: since?.position.to ?? null, to: String(moment.complete) },
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
    leftOut: found.leftOut + moment.rejected,
  };
}

interface Reading {
  readonly model: DocumentModel;
  readonly moment: MirrorMoment;
  /** The state of the files so far; null: there are none. */
  readonly since: ExportState | null;
  readonly found: Tally;
}

type Tally = ReturnType<typeof createTally>;
const createTally = () => ({ rows: 0, deletions: 0, leftOut: 0 });

/** The rows of the next file. @throws VitrineError MIRROR_UNAVAILABLE when the mirror became another one meanwhile */
async function* readRows(
  { db, mongo, destination, signal, onProgress }: ChangesRequest,
  run: Run,
  { model, moment, since, found }: Reading,
): AsyncGenerator<Document> {
  const isSwept = since !== null && mayLackDeletions(moment, since, run.time.getTime());
  const known = isSwept ? await readKnownIds(destination, model, await listFiles(destination, model)) : null;
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
    for (const id of known) {
      found.deletions += 1;
      found.rows += 1;
      yield toDeletion(model, id, run.position);
    }
  }
  onProgress?.(model, found.rows);
  if (!isSameMirror(moment, await readMoment(db, model)))
    throw new VitrineError(
      "MIRROR_UNAVAILABLE",
      `The mirror of ${model.name} was rebuilt while it was read: nothing of it is written. Export again.`,
    );
}

const listFiles = async (destination: Destination, model: DocumentModel): Promise<readonly string[]> =>
  (await destination.list(model.name)).map(({ path }) => path).filter((path) => path.endsWith(".parquet"));

/** Writes the file and then its manifest, and makes the file seen last. Null: there are no rows. */
async function writeChanges(
  { db, destination, signal }: ChangesRequest,
  run: Run,
  { model, moment, since, found }: Reading,
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
      position: { from: since?.position.to ?? null, to: String(moment.complete) },
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
