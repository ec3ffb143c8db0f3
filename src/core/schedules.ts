import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { printMoment, readMoment } from "./moments.ts";

/** The table `vitrine_schedule`: how far each schedule is. */

export interface ScheduleState {
  readonly schedule: string;
  /** When somebody kept it first. */
  readonly seenAt: Date;
  /** What was due up to then has been run. */
  readonly handledAt: Date;
  /** End of the latest run that succeeded; null: none did. */
  readonly succeededAt: Date | null;
  /** Of the latest run that ended by itself; null: none did. */
  readonly exitCode: number | null;
  /** Whether the run log tells of that run: one that ended before its work began is told nowhere else. */
  readonly isLogged: boolean;
}

/** How far a schedule is; from now on, when nobody has kept it before. */
export async function openSchedule(db: Queryable, schedule: string): Promise<ScheduleState> {
  for (;;) {
    const [state] = await readStates(db, [schedule]);
    if (state) return state;
    await db.run("insert ignore into vitrine_schedule (schedule) values (?)", [schedule]);
  }
}

/** How far these schedules are; those are left out that nobody has kept yet. */
export async function readStates(
  db: Pick<Queryable, "query">,
  schedules: readonly string[],
): Promise<readonly ScheduleState[]> {
  if (schedules.length === 0) return [];
  const rows = await db.query<{
    schedule: string;
    seen: string;
    handled: string;
    succeeded: string | null;
    code: number | null;
    isLogged: number;
  }>(
    `select schedule, seen_at as seen, handled_at as handled, succeeded_at as succeeded, exit_code as code,
      is_logged as isLogged
    from vitrine_schedule where schedule in (?) order by schedule`,
    [schedules],
  );
  return rows.map(({ schedule, seen, handled, succeeded, code, isLogged }) => ({
    schedule,
    seenAt: readMoment(seen),
    handledAt: readMoment(handled),
    succeededAt: succeeded === null ? null : readMoment(succeeded),
    exitCode: code,
    isLogged: Number(isLogged) === 1,
  }));
}

/** Notes that what was due up to `until` has been run, with which exit code it ended now, and whether the run log tells of it. */
export async function noteHandled(
  db: Pick<Queryable, "run">,
  schedule: string,
  {
    until,
    exitCode,
    isLogged,
  }: { readonly until: Date; readonly exitCode: number; readonly isLogged: boolean },
): Promise<void> {
  await db.run(
    `update vitrine_schedule set handled_at = greatest(handled_at, ?), exit_code = ?, is_logged = ?,
      succeeded_at = if(? = 0, utc_timestamp(3), succeeded_at)
    where schedule = ?`,
    [printMoment(until), exitCode, isLogged, exitCode, schedule],
  );
}
