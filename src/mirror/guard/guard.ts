import { readCommitted } from "../../core/read-committed.ts";
import { distrustMirrorOf } from "../../core/rebuild.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb, Queryable } from "../../stores/mariadb/mariadb.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import type { OnLoaderEvent } from "../events.ts";
import { pause } from "../wake-up.ts";
import { checkIdentity } from "./check-identity.ts";

const EVERY_MS = 2000;

/** What a look at triggers, tables, views and functions showed. */
export interface CaptureLook {
  /** What keeps changes from being captured, or kept some; null when all is well. */
  readonly problem: string | null;
  /** Models whose documents say what the source does not say any more, though nothing was written; by name. */
  readonly outdated?: {
    readonly models: readonly string[];
    readonly reason: string;
    /** In the transaction that distrusts the models: what was changed is told once, and not before. */
    note(db: Pick<Queryable, "run">): Promise<void>;
  };
  /** To be called when a rebuild is due, and not before: a problem of the past is not told again. */
  readonly settled?: () => Promise<void>;
}

export type CheckCapture = () => Promise<CaptureLook>;

export interface GuardOptions {
  readonly db: MariaDb;
  readonly mongo: MongoDb;
  readonly models: readonly DocumentModel[];
  /** Without it nobody looks whether triggers are lost, or tables are others. */
  readonly checkCapture?: CheckCapture | undefined;
  readonly onEvent: OnLoaderEvent;
}

/**
 * Looks every few seconds whether source and mirror still belong together, whether changes are captured at
 * all, and whether tables and views are those that were mirrored. While they are not, the mirror is kept distrusted and a rebuild stays due, so that one follows whenever
 * capture is mended, also when this process does not live to see it.
 */
export async function runGuard(options: GuardOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await guardOnce(options);
    await pause(EVERY_MS, signal);
  }
}

/** One look; see runGuard. */
export async function guardOnce({ db, mongo, models, checkCapture, onEvent }: GuardOptions): Promise<void> {
  const loss = await checkIdentity(db, mongo, models);
  if (loss) onEvent({ type: "failed", scope: "identity", error: new Error(loss.reason) });
  const look = await checkCapture?.();
  const problem = look?.problem ?? null;
  if (problem !== null) {
    await readCommitted(db, (connection) =>
      distrustMirrorOf(
        connection,
        models.map((model) => model.name),
      ),
    );
    onEvent({ type: "failed", scope: "capture", error: new Error(problem) });
  }
  if (look?.outdated) {
    const { models: names, reason, note } = look.outdated;
    await readCommitted(db, async (connection) => {
      if (names.length > 0) await distrustMirrorOf(connection, names);
      await note(connection);
    });
    if (names.length > 0) onEvent({ type: "failed", scope: "source", error: new Error(reason) });
  }
  await look?.settled?.();
  onEvent({ type: "guarded", capture: problem });
}
