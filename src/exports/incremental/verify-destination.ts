import { readRejectedIds } from "../../core/rejected-documents.ts";
import { VitrineError } from "../../errors.ts";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { streamChanged, type VersionedDocument } from "../../stores/mongodb/changed-documents.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import type { Destination } from "../destinations/destination.ts";
import { checkFiles, type FiledDocument, hashDocument } from "./check-files.ts";
import { type ExportState, readManifests, readState, toCounted } from "./manifest.ts";
import { isSameMirror, type MirrorMoment, mayLackDeletions, readMoment } from "./mirror-moment.ts";
import { requireNotStopped } from "./require-not-stopped.ts";
import { requireSameLife } from "./require-same-life.ts";

export interface DestinationReport {
  readonly model: string;
  readonly files: number;
  readonly rows: number;
  /** Documents of which the files are proven to hold the state of the model. */
  readonly proven: number;
  /** Documents that have changed since the last run: the next one writes them. */
  readonly later: number;
  /** Documents of the files that the mirror lacks because they could not be built or stored: nothing is proven of them. */
  readonly rejected: number;
  /** Position up to which the files are the model; null: there is no run. */
  readonly position: string | null;
  /** What is wrong, each as a sentence; of many documents the first. */
  readonly defects: readonly string[];
  readonly defectCount: number;
}

export interface VerifyDestination {
  readonly db: MariaDb;
  readonly mongo: MongoDb;
  readonly destination: Destination;
  readonly models: readonly DocumentModel[];
  readonly signal: AbortSignal;
}

/** Models that a destination has files of, by name. */
export async function findExportedModels(
  destination: Destination,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const files = await destination.list("", { signal });
  const names = files.flatMap(
    ({ path }) => /^([^/]+)\/(?:_state\.json|_manifests\/|date=)/.exec(path)?.[1] ?? [],
  );
  return [...new Set(names)].sort();
}

/**
 * Reads the files of each model again and compares what they hold together with the mirror: a document that was not written
 * after the position of the last run must be the same in both, and one that only one of them has is a defect.
 * @throws VitrineError EXPORT_FAILED, MIRROR_UNAVAILABLE, CANCELLED
 */
export async function verifyDestination(request: VerifyDestination): Promise<readonly DestinationReport[]> {
  const reports: DestinationReport[] = [];
  for (const model of request.models)
    reports.push(
      await verifyModelFiles(request, model).catch((error: unknown) => {
        requireNotStopped(request.signal, error);
        throw error;
      }),
    );
  return reports;
}

/** Defects that a report tells. */
const TOLD = 1000;

async function verifyModelFiles(
  { db, mongo, destination, signal }: VerifyDestination,
  model: DocumentModel,
): Promise<DestinationReport> {
  const files = { destination, model, signal };
  // In this order, as runs go on meanwhile: each file of the state is there, and each that is there has its manifest.
  const state = await readState(files);
  const listed = await destination.list(model.name, { signal });
  const described = await destination.list(`${model.name}/_manifests`, { signal });
  const manifests = toCounted(await readManifests(destination, described, signal), listed, state);
  const filed = await checkFiles(files, manifests, listed);
  const moment = await readMoment(db, model);
  if (state) requireSameLife(files, state, moment);
  const judge = createJudge(model, moment, state, new Map(filed.documents));
  const onInvalid = (id: DocumentId, { message }: Error) => judge.skip(id, message);
  const read = { collection: moment.collection, signal, onInvalid };
  for await (const one of streamChanged(mongo, model, { ...read, after: null })) judge.add(one);
  // Then who was not there any more, or not yet: whoever goes or comes back meanwhile has changed, and is no defect.
  if (state !== null) {
    const late = {
      ...read,
      after: BigInt(state.position.to),
      onInvalid: (id: DocumentId, error: Error) => (judge.isLeft(id) ? onInvalid(id, error) : undefined),
    };
    for await (const one of streamChanged(mongo, model, late)) if (judge.isLeft(one.id)) judge.add(one);
  }
  for (const id of await readRejectedIds(db, model)) judge.reject(id);
  judge.end();
  if (!isSameMirror(moment, await readMoment(db, model)))
    throw new VitrineError(
      "MIRROR_UNAVAILABLE",
      `The mirror of ${model.name} was rebuilt while it was compared. Verify again.`,
    );
  const defects = [...filed.faults, ...judge.defects];
  return {
    model: model.name,
    files: manifests.length,
    rows: filed.rows,
    proven: judge.proven,
    later: judge.later,
    rejected: judge.rejected,
    position: state?.position.to ?? null,
    defects: defects.slice(0, TOLD),
    defectCount: defects.length,
  };
}

/** Compares what files hold with what the mirror holds, document by document. `rest` is emptied. */
function createJudge(
  model: DocumentModel,
  moment: MirrorMoment,
  state: ExportState | null,
  rest: Map<DocumentId, FiledDocument>,
) {
  const upTo = state === null ? -1n : BigInt(state.position.to);
  const defects: string[] = [];
  const tally = {
    proven: 0,
    later: 0,
    rejected: 0,
    defects,
    /** The files have it, and it was not in the mirror so far. */
    isLeft: (id: DocumentId) => rest.has(id),
    add({ id, version, document }: VersionedDocument) {
      const filed = rest.get(id);
      rest.delete(id);
      const hash = document === null ? null : hashDocument(model, document);
      if ((filed?.hash ?? null) === hash) tally.proven += 1;
      else if (version > upTo && filed?.version !== version) tally.later += 1;
      else
        defects.push(`${model.name} ${id} is ${filed?.hash ? "another in the files" : "not in the files"}.`);
    },
    skip(id: DocumentId, reason: string) {
      rest.delete(id);
      defects.push(`${model.name} ${id} cannot be compared: ${reason}`);
    },
    reject(id: DocumentId) {
      if (rest.get(id)?.hash != null && rest.delete(id)) tally.rejected += 1;
    },
    /** What the files have is not in the mirror: deleted long ago, if it may have forgotten that. */
    end() {
      const isForgetful = state === null || mayLackDeletions(moment, state, Date.now());
      for (const [id, { hash }] of rest)
        if (hash === null) tally.proven += 1;
        else if (isForgetful) tally.later += 1;
        else defects.push(`${model.name} ${id} is in the files, and was deleted.`);
    },
  };
  return tally;
}
