import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { readMoment } from "./moments.ts";

/** The table `vitrine_alert`: what is wrong, since when, and whether its receiver knows. */

export const alertKinds = ["run", "defect", "lag", "rejected", "capture", "schedule"] as const;
/** `source`: the database is away, which no table of its own can tell. */
export type AlertKind = (typeof alertKinds)[number] | "source";

/** Something that an operator has to know while it is so. */
export interface Condition {
  readonly kind: AlertKind;
  /** The run, the model or the schedule that it is about: with the kind, what makes two conditions the same. */
  readonly subject: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}

export interface Alert extends Condition {
  readonly alertId: number;
  readonly raisedAt: Date;
  /** Null while it goes on. */
  readonly overAt: Date | null;
  readonly isRaiseTold: boolean;
  readonly isOverTold: boolean;
}

/** Alerts that are over, and told so, are kept for so long. */
const KEPT_DAYS = 90;

const columns = `alert_id as id, kind, subject, message, raised_at as raisedAt, over_at as overAt,
  raise_told_at is not null as isRaiseTold, over_told_at is not null as isOverTold`;

interface AlertRow extends Condition {
  readonly id: string;
  readonly raisedAt: string;
  readonly overAt: string | null;
  readonly isRaiseTold: number;
  readonly isOverTold: number;
}

const toAlert = ({ id, raisedAt, overAt, isRaiseTold, isOverTold, ...condition }: AlertRow): Alert => ({
  alertId: Number(id),
  ...condition,
  raisedAt: readMoment(raisedAt),
  overAt: overAt === null ? null : readMoment(overAt),
  isRaiseTold: Number(isRaiseTold) === 1,
  isOverTold: Number(isOverTold) === 1,
});

/** Alerts that go on, oldest first. */
export async function readRaisedAlerts(db: Pick<Queryable, "query">): Promise<readonly Alert[]> {
  const rows = await db.query<AlertRow>(
    `select ${columns} from vitrine_alert where over_told_at is null and over_at is null order by alert_id`,
  );
  return rows.map(toAlert);
}

/** Alerts of which the receiver does not know yet that they were raised, or that they are over; oldest first. */
export async function readUntoldAlerts(db: Pick<Queryable, "query">): Promise<readonly Alert[]> {
  const rows = await db.query<AlertRow>(
    `select ${columns} from vitrine_alert
    where over_told_at is null and (raise_told_at is null or over_at is not null) order by alert_id limit 1000`,
  );
  return rows.map(toAlert);
}

/** The latest alerts, newest first, whether they go on or not. */
export async function readLatestAlerts(
  db: Pick<Queryable, "query">,
  first: number,
): Promise<readonly Alert[]> {
  const rows = await db.query<AlertRow>(
    `select ${columns} from vitrine_alert order by raised_at desc, alert_id desc limit ?`,
    [first],
  );
  return rows.map(toAlert);
}

/** Raises alerts; of one that goes on already, by whomever it was raised, there is no second. */
export async function raiseAlerts(
  db: Pick<Queryable, "run">,
  conditions: readonly Condition[],
): Promise<void> {
  if (conditions.length === 0) return;
  const rows = conditions.map(({ kind, subject, message }) => [kind, subject, message.slice(0, 2000)]);
  await db.run("insert ignore into vitrine_alert (kind, subject, message) values ?", [rows]);
}

/** Says that alerts are over; those of long ago are forgotten. */
export async function endAlerts(db: Pick<Queryable, "run">, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await db.run(
    "update vitrine_alert set over_at = utc_timestamp(3) where alert_id in (?) and over_at is null",
    [ids],
  );
  await db.run(
    `delete from vitrine_alert where over_told_at < utc_timestamp() - interval ${KEPT_DAYS} day limit 1000`,
  );
}

/** Notes that the receiver knows, or was given up for refusing it. */
export async function noteTold(
  db: Pick<Queryable, "run">,
  alertId: number,
  what: "raised" | "over",
): Promise<void> {
  const column = what === "raised" ? "raise_told_at" : "over_told_at";
  await db.run(`update vitrine_alert set ${column} = utc_timestamp(3) where alert_id = ?`, [alertId]);
}
