import { readRuns } from "../core/read-runs.ts";
import { type RunNotes, recordRun } from "../core/runs.ts";
import { VitrineError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { LoaderEvent } from "../mirror/events.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";

/** A model of which nothing was found wrong for so long is right again: an alert of it lasts at least as long. */
const QUIET_MS = 900_000;

type Verified = Extract<LoaderEvent, { type: "verified" }>;

/**
 * Notes in the run log what the loader's verifier proved wrong, as a verification that failed, and that nothing was for a quarter of an
 * hour, as one that succeeded. Those that only confirm what is known are no rows.
 */
export function createVerificationNotes(
  { db, logger }: { readonly db: MariaDb; readonly logger: Logger },
  quietMs = QUIET_MS,
): (event: LoaderEvent) => void {
  const warnOfMissed = (model: string) => (err: unknown) =>
    logger.warn({ model, err }, "the run log lacks a verification");
  /** Whether a defect is noted that is no news any more, and was not found to be over. */
  const isOver = async (name: string) => {
    const [newest] = await readRuns(db, { kind: "verify", name, first: 1 });
    return newest?.outcome === "failed" && Date.now() - Date.parse(newest.startedAt) >= quietMs;
  };
  const note = async ({ model, checked, defects }: Verified): Promise<void> => {
    const name = `verification of ${model}`;
    // Asked each time: loaders take turns, and another one may have noted a defect.
    if (defects === 0 && !(await isOver(name))) return;
    const work = async (run: RunNotes) => {
      run.rows(checked);
      if (defects > 0) throw toDefect(model, defects);
    };
    await recordRun(db, { kind: "verify", name }, work, { onMissed: warnOfMissed(model) }).catch(
      (error: unknown) => {
        if (!isDefect(error)) throw error;
      },
    );
  };
  /** The latest note of each model: the next one waits for it. */
  const last = new Map<string, Promise<void>>();
  return (event) => {
    if (event.type !== "verified") return;
    const { model } = event;
    const noted = (last.get(model) ?? Promise.resolve()).then(() => note(event)).catch(warnOfMissed(model));
    last.set(model, noted);
  };
}

const toDefect = (model: string, defects: number): VitrineError =>
  new VitrineError(
    "DEFECT_FOUND",
    `${defects} documents of ${model} were wrong, proven, and are written anew. Who edits the mirror?`,
  );

const isDefect = (error: unknown): boolean => error instanceof VitrineError && error.code === "DEFECT_FOUND";
