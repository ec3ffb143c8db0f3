import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { VitrineError } from "../errors.ts";
import { type MariaDb, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { isReadOnly } from "../stores/mariadb/read-only.ts";
import { toReason } from "./rejected-documents.ts";

/** The table `vitrine_run`: every import, export, migration, rebuild and verification, and how it ended. */

export const runKinds = ["import", "export", "migrate", "rebuild", "verify"] as const;
export type RunKind = (typeof runKinds)[number];

/** What is run: runs of one kind and name are runs of the same thing. */
export interface RunSubject {
  readonly kind: RunKind;
  /** `shop customers` of an import, the destination of an export, the models of a rebuild. */
  readonly name: string;
}

/** What work tells of itself while it runs. */
export interface RunNotes {
  /** How many rows, documents or statements it has done in all so far. */
  rows(count: number): void;
}

export interface RunOptions {
  /** When it is aborted a run that fails was cancelled. */
  readonly signal?: AbortSignal | undefined;
  /** Told why the run log could not be written, or tidied up; the work is done all the same. */
  readonly onMissed?: ((error: unknown) => void) | undefined;
  /** A run that has not said for so long that it goes on is lost. Default: 60. */
  readonly aliveSeconds?: number;
}

/** Runs are kept for so long, by their start. */
const KEPT_DAYS = 400;
/** How long to wait before an end that could not be noted is noted again. */
const RETRY_PAUSES_MS = [250, 1000, 4000] as const;
/** Read-only server, no right, no table yet: a first migration makes it, a replica has nobody to note anything. */
const unwritable: ReadonlySet<number> = new Set([1142, 1146, 1290]);

/**
 * Does `work` and notes it as a run: with its start before it begins, with its end, its rows and its outcome afterwards. Rethrows what
 * `work` throws. A process that is killed leaves a run that readers tell as lost after `aliveSeconds`. Of a log that
 * comes into being by the work itself (the first migration) the run is a row too.
 * @param db an account that may write the log: the loader or the administrator; never within a transaction of the work
 */
export async function recordRun<T>(
  db: MariaDb,
  subject: RunSubject,
  work: (notes: RunNotes) => Promise<T>,
  { signal, onMissed = () => {}, aliveSeconds = 60 }: RunOptions = {},
): Promise<T> {
  if (await isReadOnly(db)) {
    onMissed(new VitrineError("SOURCE_UNAVAILABLE", "The server is read only, as a replica is."));
    return work({ rows: () => {} });
  }
  const began = performance.now();
  const runId = await beginRun(db, subject, aliveSeconds).catch((error: unknown) => {
    if (!unwritable.has(sqlErrorOf(error)?.errno ?? 0)) throw error;
    return null;
  });
  if (runId !== null) await forgetOldRuns(db).catch(onMissed);
  const pulse = setInterval(() => {
    // A pulse that is missed is made up for by the next.
    if (runId !== null) prolongRun(db, runId, aliveSeconds).catch(() => {});
  }, aliveSeconds * 250);
  let rows: number | null = null;
  const end = async (ended: RunEnd) => {
    clearInterval(pulse);
    const seconds = (performance.now() - began) / 1000;
    await (runId === null
      ? insertEnded(db, subject, ended, seconds)
      : untilNoted(() => endRun(db, runId, ended))
    ).catch(onMissed);
  };
  let result: T;
  try {
    result = await work({
      rows: (count) => {
        rows = count;
      },
    });
  } catch (error) {
    await end({ ...toFailure(error, signal?.aborted ?? false), rows });
    throw error;
  }
  await end({ outcome: "succeeded", rows, code: null, error: null });
  return result;
}

interface RunEnd {
  readonly outcome: "succeeded" | "failed" | "cancelled";
  readonly rows: number | null;
  readonly code: string | null;
  readonly error: string | null;
}

function toFailure(error: unknown, isAborted: boolean): Omit<RunEnd, "rows"> {
  const code = error instanceof VitrineError ? error.code : "INTERNAL";
  const outcome = code === "CANCELLED" || (isAborted && code === "INTERNAL") ? "cancelled" : "failed";
  return {
    outcome,
    code: outcome === "cancelled" ? "CANCELLED" : code,
    error: error instanceof VitrineError ? error.message.slice(0, 2000) : toReason(error),
  };
}

async function beginRun(db: MariaDb, { kind, name }: RunSubject, aliveSeconds: number): Promise<number> {
  const { insertId } = await db.run(
    `insert into vitrine_run (kind, name, node, alive_until)
    values (?, ?, ?, utc_timestamp(3) + interval ? second)`,
    [kind, name.slice(0, 255), toNode(), aliveSeconds],
  );
  return insertId;
}

async function forgetOldRuns(db: MariaDb): Promise<void> {
  await db.run(
    `delete from vitrine_run where started_at < utc_timestamp() - interval ${KEPT_DAYS} day limit 1000`,
  );
}

/** Tries again what may be done twice: a database that is away for a moment does not make a run that ended one that was lost. */
async function untilNoted(note: () => Promise<void>): Promise<void> {
  for (const pauseMs of RETRY_PAUSES_MS) {
    const isNoted = await note().then(
      () => true,
      () => false,
    );
    if (isNoted) return;
    await sleep(pauseMs);
  }
  await note();
}

async function prolongRun(db: MariaDb, runId: number, aliveSeconds: number): Promise<void> {
  await db.run("update vitrine_run set alive_until = utc_timestamp(3) + interval ? second where run_id = ?", [
    aliveSeconds,
    runId,
  ]);
}

async function endRun(db: MariaDb, runId: number, { outcome, rows, code, error }: RunEnd): Promise<void> {
  await db.run(
    `update vitrine_run
    set ended_at = utc_timestamp(3), outcome = ?, row_count = ?, error_code = ?, error = ? where run_id = ?`,
    [outcome, rows, code, error, runId],
  );
}

/** For a run that could not be noted when it began. */
async function insertEnded(
  db: MariaDb,
  { kind, name }: RunSubject,
  { outcome, rows, code, error }: RunEnd,
  seconds: number,
): Promise<void> {
  await db.run(
    `insert into vitrine_run
      (kind, name, node, started_at, alive_until, ended_at, outcome, row_count, error_code, error)
    values (?, ?, ?, utc_timestamp(3) - interval ? second, utc_timestamp(3), utc_timestamp(3), ?, ?, ?, ?)`,
    [kind, name.slice(0, 255), toNode(), seconds, outcome, rows, code, error],
  );
}

/** Host and process, by default this one: where to look for what a run has left. */
export const toNode = (pid: number | undefined = process.pid): string => `${hostname()}:${pid}`.slice(0, 255);
