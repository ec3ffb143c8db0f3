import { setTimeout as wait } from "node:timers/promises";
import type { SourceReport } from "../core/source-status.ts";
import type { DocumentModel } from "../models/model.ts";
import { readApplied } from "../stores/mongodb/mirror-records.ts";
import type { MongoDb } from "../stores/mongodb/mongodb.ts";

/** MongoDB is asked this often. */
const EVERY_MS = 1000;
/** A look at it holds up no answer for longer. */
const PATIENCE_MS = 50;

/** Knows the models of which MongoDB holds less than the source says was acknowledged: an older copy was restored. */
export interface OlderCopyWatch {
  /** Compares, now and then, what MongoDB says with a report that was read before. Never rejects. */
  look(report: SourceReport): Promise<void>;
  isOlder(model: DocumentModel): boolean;
}

/** For readers: with no loader at work nobody else would notice. `clock` is monotonic, in milliseconds. */
export function createOlderCopyWatch(mongo: MongoDb, clock: () => number): OlderCopyWatch {
  let older: ReadonlySet<string> = new Set();
  let lookedAt = Number.NEGATIVE_INFINITY;

  const compare = async (report: SourceReport) => {
    const applied = await readApplied(mongo);
    const behind = [...report.models.values()].filter(
      ({ collection, acked }) => acked > (applied.get(collection)?.n ?? 0n),
    );
    older = new Set(behind.map(({ model }) => model));
  };

  return {
    async look(report) {
      if (clock() - lookedAt < EVERY_MS) return;
      lookedAt = clock();
      // Whether MongoDB is there at all is asked elsewhere.
      const done = compare(report).catch(() => undefined);
      await Promise.race([done, wait(PATIENCE_MS)]);
    },
    isOlder: (model) => older.has(model.name),
  };
}
