import { readCommitted } from "../../core/read-committed.ts";
import { distrustMirrorOf } from "../../core/rebuild.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb, Queryable } from "../../stores/mariadb/mariadb.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import type { OnLoaderEvent } from "../events.ts";
import { pause } from "../wake-up.ts";
import { checkIdentity } from "./check-identity.ts";

const EVERY_MS = 2000;

/** What a check of triggers, tables, views and functions found. */
export interface CaptureReport {
  /** What keeps changes from being captured, or kept some; null when all is well. */
  readonly problem: string | null;
  /** Models whose documents say what the source does not say any more, though nothing was written; by name. */
  readonly outdated?: {
    readonly models: readonly string[];
    readonly reason: string;
    /** In the transaction that distrusts the models: what was changed is told once, and not before. */
    note(db: Pick<Queryable, "run">): Promise<void>;
  };
  /** What views of models name and the database has not any more, in a sentence each that names the remedy. */
  readonly missing?: readonly string[];
  /** To be called when a rebuild is due, and not before: a problem of the past is not told again. */
  readonly acknowledge?: () => Promise<void>;
}

export type CheckCapture = () => Promise<CaptureReport>;

export interface GuardOptions {
  readonly db: MariaDb;
  readonly mongo: MongoDb;
  readonly models: readonly DocumentModel[];
  /** Without it nobody checks whether triggers are lost, or tables are others. */
  readonly checkCapture?: CheckCapture | undefined;
  readonly onEvent: OnLoaderEvent;
}

/**
 * Checks every few seconds whether source and mirror still belong together, whether changes are captured at all, and
 * whether tables and views are those that were mirrored. While they are not, the mirror is kept distrusted and a rebuild
 * stays due, so that one follows whenever capture is mended, also when this process does not live to see it.
 */
export async function runGuard(options: GuardOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await guardOnce(options);
    await pause(EVERY_MS, signal);
  }
}

/** One check; see runGuard. */
export async function guardOnce({ db, mongo, models, checkCapture, onEvent }: GuardOptions): Promise<void> {
  const fail = (scope: string, reason: string) =>
    onEvent({ type: "failed", scope, error: new Error(reason) });
  const loss = await checkIdentity(db, mongo, models);
  if (loss) fail("identity", loss.reason);
  const { problem = null, outdated, missing = [], acknowledge } = (await checkCapture?.()) ?? {};
  if (problem !== null) {
    const all = models.map((model) => model.name);
    await readCommitted(db, (connection) => distrustMirrorOf(connection, all));
    fail("capture", problem);
  }
  if (outdated) {
    const { models: names, reason, note } = outdated;
    await readCommitted(db, async (connection) => {
      await distrustMirrorOf(connection, names);
      await note(connection);
    });
    if (names.length > 0) fail("source", reason);
  }
  for (const sentence of missing) fail("views", sentence);
  await acknowledge?.();
  onEvent({ type: "guarded", capture: problem });
}
