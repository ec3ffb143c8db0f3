import { readSourceStatus, type SourceReport, type SourceStatus } from "../core/source-status.ts";
import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import type { Branch } from "../stores/mongodb/branches.ts";
import type { MongoDb } from "../stores/mongodb/mongodb.ts";
import { createOlderCopyWatch } from "./older-copy.ts";

/** How old an answer from the mirror of one model is. */
export interface MirrorFreshness {
  /** A read shows everything committed before this position of this life of the database, unless `isWhole` is false. */
  readonly position: bigint;
  readonly incarnation: string | null;
  /** Lives of the database before that one. */
  readonly branches?: readonly Branch[];
  readonly lagMs: number;
  readonly pendingChanges: number;
  /** False: documents are rejected. The mirror has an older state of them, or none; `lagMs` counts from the first. */
  readonly isWhole: boolean;
  /** Documents that the mirror lacks or has in an older state, and rows that no document can be of. */
  readonly rejected: number;
  /** Everything committed before this moment is in the answer (milliseconds since 1970). */
  readonly asOf: number;
  /** False: MariaDB could not be asked just now, and the lag is counted from the last time that it could. */
  readonly isCurrent: boolean;
  /** Why the mirror of this model must not be used; null when it may. */
  readonly unusable: string | null;
  /**
   * Names the mirror's contents as they are: another one after each change of them. Absent while changes are on their way, during a
   * rebuild, while documents are rejected, and when nobody could be asked.
   */
  readonly version?: string;
  /** Where its documents are; undefined: nobody could be asked, the mirror itself may know. */
  readonly collection?: string;
}

export interface FreshnessMeter {
  /**
   * How old the mirror of a model is, known no longer ago than `maxAgeMs` (default 100 ms). Looks are shared:
   * there is at most one statement at a time, however many ask. Never rejects.
   */
  of(model: DocumentModel, maxAgeMs?: number): Promise<MirrorFreshness>;
  /** What that look showed of the model; null when MariaDB could not be asked just now. Never rejects. */
  status(model: DocumentModel): Promise<SourceStatus | null>;
}

interface Look {
  /** Monotonic time at which it was begun. */
  readonly startedAt: number;
  readonly report: SourceReport;
  /** Monotonic time at which the report was asked for: earlier, while no primary of MongoDB says how far its members have to be. */
  readonly reportedAt: number;
  /** Whether one has ever said so. */
  readonly isPlaced: boolean;
}

/** How long a look is good enough for those who ask for nothing better. */
const SHARED_FOR_MS = 100;
/** After a failure MariaDB is not asked again for this long: its pool may take seconds to say no. */
const RETRY_AFTER_MS = 500;
/** A server that is there ends the statement itself before that: whoever hears nothing for so long waits no more. */
const LOOK_MS = 2500;

/** Measures freshness through `source`, and looks whether `mongo` is what it was. `clock` (monotonic, milliseconds) is for tests. */
export function createFreshness(
  source: MariaDb,
  mongo: MongoDb,
  models: readonly DocumentModel[],
  clock: () => number = () => performance.now(),
): FreshnessMeter {
  const createdAt = clock();
  const copies = createOlderCopyWatch(mongo, clock);
  let last: Look | undefined;
  let failedAt: number | undefined;
  let running: { readonly startedAt: number; readonly done: Promise<void> } | undefined;

  const look = () => {
    const startedAt = clock();
    const done = readSourceStatus(source, models).then(
      async (report) => {
        const placed = mongo.preferred?.note() ?? true;
        await copies.look(report);
        // Members that are asked in place of the primary may lack what this report calls mirrored: the one before is older, and true.
        const isPlaced = await placed;
        last =
          last && !isPlaced ? { ...last, startedAt } : { startedAt, report, reportedAt: startedAt, isPlaced };
        failedAt = undefined;
      },
      () => {
        failedAt = clock();
      },
    );
    done.finally(() => {
      running = undefined;
    });
    return { startedAt, done };
  };

  /** Waits for a look that began at `since` or later, or for the news that there is none to be had. */
  const lookedSince = async (since: number): Promise<void> => {
    while (!last || last.startedAt < since) {
      if (failedAt !== undefined && clock() - failedAt < RETRY_AFTER_MS) return;
      running ??= look();
      if (!(await endsWithin(running.done, LOOK_MS - (clock() - running.startedAt)))) {
        // It goes on: another one would hang as well, and take one more connection.
        failedAt = clock();
        return;
      }
    }
  };

  return {
    async status(model) {
      await lookedSince(clock() - SHARED_FOR_MS);
      return failedAt === undefined ? (last?.report.models.get(model.name) ?? null) : null;
    },
    async of(model, maxAgeMs = SHARED_FOR_MS) {
      // By name, as the report knows them: the facts of a cube are a model of their own in the schema.
      if (!models.some(({ name }) => name === model.name))
        throw new VitrineError("UNKNOWN_MODEL", `${model.name} is not a model of this project.`);
      await lookedSince(clock() - Math.min(maxAgeMs, SHARED_FOR_MS));
      const isCurrent = failedAt === undefined;
      if (!last) return unknown(clock() - createdAt);
      const status = last.report.models.get(model.name);
      if (!status) return unknown(clock() - createdAt);
      const { readable } = status;
      const { complete, lagMs } = readable ?? status;
      const isNewest = isCurrent && last.reportedAt === last.startedAt;
      return {
        position: complete,
        incarnation: last.report.incarnation,
        branches: last.report.branches,
        lagMs: lagMs + (isNewest ? 0 : Math.ceil(clock() - last.reportedAt)),
        pendingChanges: status.pendingChanges,
        isWhole: status.isWhole,
        rejected: status.rejected,
        asOf: last.report.at - lagMs,
        isCurrent,
        ...(readable ? { collection: readable.collection } : {}),
        ...(isNewest && readable && isAtRest(status)
          ? { version: toVersion(last.report.incarnation, status, readable.collection) }
          : {}),
        unusable: !last.isPlaced
          ? "no primary of MongoDB says how far its members have to be"
          : readable
            ? copies.isOlder(model)
              ? "it is an older copy of itself"
              : null
            : status.sameShape
              ? `its rebuild is ${status.rebuild}`
              : "it holds documents of another definition, or none yet",
      };
    },
  };
}

const isAtRest = ({ pendingChanges, rejected, rebuild }: SourceStatus): boolean =>
  pendingChanges === 0 && rejected === 0 && rebuild === "done";

const toVersion = (incarnation: string, { acked, rebuiltAt }: SourceStatus, collection: string): string =>
  [incarnation, collection, acked, rebuiltAt].join(" ");

/** Whether something ends within so many milliseconds. By a timer that nothing has to abort: it is asked for each read. */
const endsWithin = (done: Promise<void>, ms: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), Math.max(0, ms));
    done.then(() => resolve(true), reject).finally(() => clearTimeout(timer));
  });

/** MariaDB was never there: the mirror may be good, but nobody can tell. */
const unknown = (sinceMs: number): MirrorFreshness => ({
  position: 0n,
  incarnation: null,
  lagMs: Math.ceil(sinceMs),
  pendingChanges: 0,
  isWhole: true,
  rejected: 0,
  asOf: Date.now() - Math.ceil(sinceMs),
  isCurrent: false,
  unusable: null,
});
