import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { printMoment, readMoment } from "./moments.ts";
import type { RunKind, RunSubject } from "./runs.ts";

/** What the run log says (see runs.ts). */

/** How a run stands: `lost` has no end, and its process has not said for long that it goes on. */
export const runOutcomes = ["running", "succeeded", "failed", "cancelled", "lost"] as const;
export type RunOutcome = (typeof runOutcomes)[number];

/** A row of the run log; moments are of RFC 3339, UTC: `2026-11-30T13:45:00.000Z`. */
export interface Run extends RunSubject {
  readonly runId: number;
  /** Host and process. */
  readonly node: string;
  readonly startedAt: string;
  /** Null while it runs, and of a lost run: nobody knows when it ended. */
  readonly endedAt: string | null;
  readonly outcome: RunOutcome;
  /** Rows, documents or files that it did; null when it did not say. */
  readonly rows: number | null;
  readonly errorCode: string | null;
  readonly error: string | null;
}

export interface RunFilter {
  readonly kind?: RunKind | undefined;
  readonly name?: string | undefined;
  readonly outcome?: RunOutcome | undefined;
  /** At most so many, the newest. */
  readonly first: number;
}

/** By the database's clock. */
const outcomeNow = "coalesce(outcome, if(alive_until < utc_timestamp(3), 'lost', 'running'))";

/** The runs that fit, newest first. */
export async function readRuns(
  db: Pick<Queryable, "query">,
  { kind, name, outcome, first }: RunFilter,
): Promise<readonly Run[]> {
  const conditions: (readonly [sql: string, value: string])[] = [];
  if (kind !== undefined) conditions.push(["kind = ?", kind]);
  if (name !== undefined) conditions.push(["name = ?", name]);
  if (outcome !== undefined) conditions.push([`${outcomeNow} = ?`, outcome]);
  const where = conditions.length === 0 ? "" : `where ${conditions.map(([sql]) => sql).join(" and ")}`;
  return (
    await db.query<Omit<Run, "runId" | "rows"> & { id: string; rowCount: string | null }>(
      `select run_id as id, kind, name, node, started_at as startedAt, ended_at as endedAt,
        ${outcomeNow} as outcome, row_count as rowCount, error_code as errorCode, error
      from vitrine_run ${where} order by started_at desc, run_id desc limit ?`,
      [...conditions.map(([, value]) => value), first],
    )
  ).map(({ id, rowCount, startedAt, endedAt, ...run }) => ({
    runId: Number(id),
    ...run,
    startedAt: readMoment(startedAt).toISOString(),
    endedAt: endedAt === null ? null : readMoment(endedAt).toISOString(),
    rows: rowCount === null ? null : Number(rowCount),
  }));
}

/** Runs of one kind and name, as gauges tell them. */
export interface RunSummary extends RunSubject {
  /** End of the latest success, seconds since 1970; null: none is known. */
  readonly succeededAt: number | null;
  /** How long that took. */
  readonly seconds: number | null;
  /** How many of the last 24 hours failed or were lost. */
  readonly failures: number;
  /** When the latest of those ended, or was heard of last, seconds since 1970; null: there is none. */
  readonly failedAt: number | null;
}

const secondsOf = (moment: string): string => `timestampdiff(microsecond, '1970-01-01', ${moment}) / 1000000`;

/** What became of each kind and name lately. */
export async function readRunSummaries(db: Pick<Queryable, "query">): Promise<readonly RunSummary[]> {
  const rows = await db.query<{
    kind: RunKind;
    name: string;
    at: string | null;
    seconds: string | null;
    failedAt: string | null;
    failures: string;
  }>(
    `select kind, name, max(at) as at, max(seconds) as seconds, max(failed_at) as failedAt,
      sum(failures) as failures from (
      select newest.kind, newest.name,
        ${secondsOf("newest.ended_at")} as at,
        timestampdiff(microsecond, run.started_at, run.ended_at) / 1000000 as seconds,
        null as failed_at, 0 as failures
      from (select kind, name, max(ended_at) as ended_at from vitrine_run
        where outcome = 'succeeded' group by kind, name) as newest
      join vitrine_run as run on run.kind = newest.kind and run.name = newest.name
        and run.outcome = 'succeeded' and run.ended_at = newest.ended_at
      union all
      select kind, name, null, null, ${secondsOf("max(coalesce(ended_at, alive_until))")}, count(*)
      from vitrine_run
      where started_at > utc_timestamp() - interval 1 day and ${outcomeNow} in ('failed', 'lost')
      group by kind, name) as told
    group by kind, name order by kind, name`,
  );
  return rows.map(({ kind, name, at, seconds, failedAt, failures }) => ({
    ...{ kind, name, failures: Number(failures) },
    succeededAt: at === null ? null : Number(at),
    seconds: seconds === null ? null : Number(seconds),
    failedAt: failedAt === null ? null : Number(failedAt),
  }));
}

/**
 * The newest run of each kind and name that succeeded, failed or was lost, of those that began in the last `days`, and of
 * `kept`, whatever its age. A defect that was proven stays, however long ago that was. Reads a row per kind, name and outcome.
 */
export async function readNewestRuns(
  db: Pick<Queryable, "query">,
  { days, kept }: { readonly days: number; readonly kept: readonly RunSubject[] },
): Promise<readonly Pick<Run, "kind" | "name" | "outcome" | "node" | "errorCode" | "error">[]> {
  const subjects = kept.map(({ kind, name }) => [kind, name]);
  const isKept = subjects.length > 0 ? "(kind, name) in (?)" : "false";
  const isRecent = "started_at > utc_timestamp() - interval ? day";
  const values = [days, ...(subjects.length > 0 ? [subjects] : [])];
  return db.query(
    `select kind, name, outcome, node, errorCode, error from (
      select kind, name, started_at, ${outcomeNow} as outcome, node, error_code as errorCode, error,
        row_number() over (partition by kind, name order by started_at desc, run_id desc) as place
      from (select kind as of_kind, name as of_name, outcome as ended_so, max(ended_at) as latest_at
        from vitrine_run group by kind, name, outcome) as latest
      straight_join vitrine_run
        on kind = of_kind and name = of_name and outcome <=> ended_so and ended_at <=> latest_at
      where ${outcomeNow} in ('succeeded', 'failed', 'lost')
    ) as newest
    where place = 1 and (${isRecent} or ${isKept} or errorCode = 'DEFECT_FOUND')
    order by kind, name`,
    values,
  );
}

/** Whether a process, `node`, has begun a run since then; clocks may differ by a minute. */
export async function hasRunOf(db: Pick<Queryable, "query">, node: string, since: Date): Promise<boolean> {
  const found = await db.query(
    "select 1 from vitrine_run where started_at > ? - interval 1 minute and node = ? limit 1",
    [printMoment(since), node],
  );
  return found.length > 0;
}
