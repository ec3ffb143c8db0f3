import { readRuns } from "../core/read-runs.ts";
import { recordRun } from "../core/runs.ts";
import { VitrineError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { LoaderEvent } from "../mirror/events.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";

/** A model of which nothing was found wrong for so long is right again: an alert of it lasts at least as long. */
const QUIET_MS = 900_000;

type Audited = Extract<LoaderEvent, { type: "audited" }>;

/**
 * Notes in the run log what the loader's auditor proved wrong, as a verification that failed, and that nothing was for a quarter of an
 * hour, as one that succeeded. Audits that only confirm what is known are no rows.
 */
export function createAuditNotes(
  { db, logger }: { readonly db: MariaDb; readonly logger: Logger },
  quietMs = QUIET_MS,
): (event: LoaderEvent) => void {
  /** When a defect was noted last that is not over yet; null: there is none. By name of the run. */
  const open = new Map<string, number | null>();
  const readOpen = async (name: string) => {
    const [newest] = await readRuns(db, { kind: "verify", name, first: 1 });
    return newest?.outcome === "failed" ? Date.parse(newest.startedAt) : null;
  };
  const note = async ({ model, checked, defects }: Audited): Promise<void> => {
    const name = `audit of ${model}`;
    const since = open.get(name) ?? (open.has(name) ? null : await readOpen(name));
    open.set(name, since);
    if (defects === 0 && (since === null || Date.now() - since < quietMs)) return;
    // At once: the next audit may come before this one is noted.
    open.set(name, defects > 0 ? Date.now() : null);
    await recordRun(db, { kind: "verify", name }, async (run) => {
      run.rows(checked);
      if (defects > 0) throw toDefect(model, defects);
    }).catch((error: unknown) => {
      if (!isDefect(error)) throw error;
    });
  };
  return (event) => {
    if (event.type !== "audited") return;
    note(event).catch((err: unknown) => {
      open.delete(`audit of ${event.model}`);
      logger.warn({ model: event.model, err }, "the run log lacks an audit");
    });
  };
}

const toDefect = (model: string, defects: number): VitrineError =>
  new VitrineError(
    "DEFECT_FOUND",
    `${defects} documents of ${model} were wrong, proven, and are written anew. Who edits the mirror?`,
  );

const isDefect = (error: unknown): boolean => error instanceof VitrineError && error.code === "DEFECT_FOUND";
