import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import {
  type Alert,
  type Condition,
  endAlerts,
  noteTold,
  raiseAlerts,
  readRaisedAlerts,
  readUntoldAlerts,
} from "./alerts.ts";
import { holdLease, releaseLease } from "./lease.ts";

/** Where alerts are kept, with what their receiver knows of them. */
export interface AlertBook {
  /** What the names of its events begin with: no other book's do. */
  readonly name: string;
  /** Whether this node keeps it now, and tells; false when another does. */
  hold(): Promise<boolean>;
  /** Leaves it to others. */
  release(): Promise<void>;
  /** Alerts that go on, oldest first. */
  readRaised(): Promise<readonly Alert[]>;
  /** Alerts of which the receiver does not know yet that they were raised, or that they are over; oldest first. */
  readUntold(): Promise<readonly Alert[]>;
  /** Raises alerts; of one that goes on already there is no second. */
  raise(conditions: readonly Condition[]): Promise<void>;
  end(ids: readonly number[]): Promise<void>;
  /** Notes that the receiver knows, or was given up for refusing it. */
  noteTold(alertId: number, what: "raised" | "over"): Promise<void>;
}

const LEASE = "alerts";
/** Longer than a receiver may hang. */
const LEASE_SECONDS = 30;

/** The table `vitrine_alert`, kept by one node of all that watch. `db` may write the engine's tables. */
export const createAlertBook = (db: MariaDb, holder: string): AlertBook => ({
  name: db.database,
  hold: () => holdLease(db, LEASE, holder, LEASE_SECONDS),
  release: () => releaseLease(db, LEASE, holder),
  readRaised: () => readRaisedAlerts(db),
  readUntold: () => readUntoldAlerts(db),
  raise: (conditions) => raiseAlerts(db, conditions),
  end: (ids) => endAlerts(db, ids),
  noteTold: (alertId, what) => noteTold(db, alertId, what),
});
