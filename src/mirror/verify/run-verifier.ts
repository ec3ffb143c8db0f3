import { changeTablesOf, isOneLongerThan, readChangeTables } from "../../core/change-tables.ts";
import { readStates } from "../../core/model-state.ts";
import { requestDocuments } from "../../core/pending-queue.ts";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { isSqlFault } from "../../stores/mariadb/sql-faults.ts";
import { isAlive } from "../../stores/mongodb/mirror-filter.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import type { OnLoaderEvent } from "../events.ts";
import { pause } from "../wake-up.ts";
import { verifyModel } from "./verify.ts";

export interface VerifierOptions {
  readonly db: MariaDb;
  readonly mongo: MongoDb;
  readonly models: readonly DocumentModel[];
  /** Share of each model that is compared per minute; 0 turns the verifier off. Default: 0.01. */
  readonly share?: number;
  /** A model is verified this often, a share of its documents each time. Default: a minute. */
  readonly everyMs?: number;
  /**
   * Where to go on in each model, and in which: the one that comes first was looked at longest ago. Kept up to date.
   * Default: every model is begun anew.
   */
  readonly cursors?: Map<string, DocumentId | null>;
  readonly onEvent: OnLoaderEvent;
}

/**
 * Verifies a share of every model each minute, by contents, range after range around the whole mirror; asks
 * for the documents that are proven wrong and tells how many there were. A model whose view fails is told of and passed
 * over. @throws when a server is lost
 */
export async function runVerifier(options: VerifierOptions, signal: AbortSignal): Promise<void> {
  const { models, share = 0.01, everyMs = 60_000, cursors = new Map(), onEvent } = options;
  if (share === 0 || models.length === 0) return pause(2 ** 31 - 1, signal);
  // Loaders that start together do not verify together.
  await pause((Math.random() * everyMs) / models.length, signal);
  while (!signal.aborted) {
    const model = nextOf(models, cursors);
    const after = cursors.get(model.name) ?? null;
    // Before it is verified: a model with which a server is lost each time must not take the others' turns.
    cursors.delete(model.name);
    cursors.set(model.name, after);
    try {
      cursors.set(model.name, await verifyNext(options, model, { after, share }, signal));
    } catch (error) {
      if (!isSqlFault(error)) throw error;
      onEvent({ type: "failed", scope: "verifier", error });
    }
    await pause(everyMs / models.length, signal);
  }
}

/** The model that was never looked at, or longest ago. */
function nextOf(models: VerifierOptions["models"], cursors: ReadonlyMap<string, unknown>): DocumentModel {
  const order = [...cursors.keys()];
  return models.reduce((oldest, model) =>
    order.indexOf(model.name) < order.indexOf(oldest.name) ? model : oldest,
  );
}

/** With so many changes of a table there are better times: to verify a model is to ask what all of them touch. */
const MANY_CHANGES = 10_000;

/** Verifies the next share of one model after `after`, unless very much is on its way; returns where to go on. */
export async function verifyNext(
  { db, mongo, onEvent }: VerifierOptions,
  model: DocumentModel,
  { after, share }: { readonly after: DocumentId | null; readonly share: number },
  signal: AbortSignal,
): Promise<DocumentId | null> {
  const tables = changeTablesOf(await readChangeTables(db), model.name);
  if (await isOneLongerThan(db, tables, MANY_CHANGES)) return after;
  const collection = (await readStates(db)).get(model.name)?.collection ?? model.name;
  const size = await mongo.db.collection(collection).countDocuments(isAlive);
  const documents = Math.max(1, Math.ceil(size * share));
  const report = await verifyModel({ db, mongo, model, deep: true, signal, part: { after, documents } });
  const { defects, checked } = report;
  if (defects.length > 0)
    await requestDocuments(
      db,
      model,
      defects.map((defect) => defect.id),
    );
  onEvent({ type: "verified", model: model.name, checked, defects: defects.length });
  return report.upTo;
}
