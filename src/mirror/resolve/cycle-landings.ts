import type { Change, ChangeIds } from "../../core/change-tables.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { queueBigChange } from "../lanes/big.ts";
import type { FastPath } from "../lanes/fast.ts";
import type { SnapshotPool } from "../snapshots.ts";
import { type Cycle, landCycle, type Resolved } from "./cycle.ts";
import type { Exhausted } from "./exhausted.ts";

export interface CycleLandingsOptions {
  readonly db: MariaDb;
  readonly snapshots: SnapshotPool;
  readonly models: readonly DocumentModel[];
  readonly fast: FastPath;
  readonly exhausted: Exhausted;
  readonly onResolved: (resolved: Resolved) => void;
}

/** Cycles that were read and are being landed. */
export interface CycleLandings {
  /** Ids of their changes, by change table. */
  readonly inFlight: ChangeIds;
  /** Lets a cycle land. It is told of after those that were started before it in the same lane. */
  land(cycle: Cycle, lane: Lane): Promise<void>;
  /** Waits until nothing is under way, however it ended. */
  drain(): Promise<void>;
}

/** Cycles of one lane are told of in their order. */
export interface Lane {
  /** Everything that was started in it has landed, and is told of. */
  told: Promise<void>;
  /** Cycles that are being landed. */
  underWay: number;
}

/** A lane in which nothing was started. */
export const createLane = (): Lane => ({ told: Promise.resolve(), underWay: 0 });

/** Lands cycles side by side. */
export function createCycleLandings(options: CycleLandingsOptions): CycleLandings {
  const { db, models, snapshots, fast, exhausted, onResolved } = options;
  const inFlight = new Map<string, Set<string>>();
  const underWay = new Set<Promise<unknown>>();
  const idsOf = ({ table }: Change): Set<string> => {
    const ids = inFlight.get(table.name) ?? new Set();
    inFlight.set(table.name, ids);
    return ids;
  };
  const land = async (cycle: Cycle): Promise<Resolved> => {
    const resolved = cycle.big
      ? await queueBigChange(db, snapshots, models, cycle.big)
      : await landCycle(db, cycle, fast);
    for (const change of cycle.changes) idsOf(change).delete(change.id);
    return resolved;
  };
  return {
    inFlight,
    land(cycle, lane) {
      for (const change of cycle.changes) idsOf(change).add(change.id);
      const landing = land(cycle);
      const before = lane.told;
      lane.underWay += 1;
      lane.told = (async () => {
        const resolved = await landing;
        await before;
        // What was in flight then must have landed too; else a later cycle will say so.
        const isLanded = (name: string, ids: ReadonlySet<string>) =>
          [...ids].every((id) => !inFlight.get(name)?.has(id));
        exhausted.know(cycle.known, cycle.position);
        const emptied = [...cycle.emptied].filter(([name, ids]) => isLanded(name, ids));
        exhausted.note(
          emptied.map(([name]) => name),
          cycle.position,
        );
        onResolved(resolved);
      })();
      const { told } = lane;
      const ended = told
        .catch(() => undefined)
        .then(() => {
          lane.underWay -= 1;
          underWay.delete(ended);
        });
      underWay.add(ended);
      return told;
    },
    async drain() {
      await Promise.all(underWay);
    },
  };
}
