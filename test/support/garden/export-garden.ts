import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Destination } from "../../../src/exports/destinations/destination.ts";
import { openFolder } from "../../../src/exports/destinations/folder.ts";
import { exportChanges, type ModelChanges } from "../../../src/exports/incremental/export-changes.ts";
import {
  type DestinationReport,
  verifyDestination,
} from "../../../src/exports/incremental/verify-destination.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import type { TestMirror } from "../open-mirror.ts";
import { attempt } from "../soundness.ts";
import { gardenOperation } from "./garden-operations.ts";
import { openMirrorGarden } from "./mirror-garden.ts";
import { addPlant } from "./plant-garden.ts";

/** A garden that a loader follows, and what tests of its exports do. */
export interface ExportedGarden {
  readonly garden: TestMirror;
  /** One incremental run. Waits so long for the loader; default: until it is there. */
  exportTo(
    destination: Destination,
    models?: readonly DocumentModel[],
    patienceMs?: number,
  ): Promise<readonly ModelChanges[]>;
  /**
   * Lets the mirror be complete beyond every document that is written now: what is mirrored just before a run may be in the files of
   * two.
   */
  settle(): Promise<void>;
  verify(destination: Destination, models?: readonly DocumentModel[]): Promise<readonly DestinationReport[]>;
  /** So many random writes. */
  write(count: number, seed: number): Promise<void>;
  /** One plant more, in bed 1, whatever was deleted before. */
  plant(plantId: number): Promise<void>;
  close(): Promise<void>;
}

export async function openExportedGarden(): Promise<ExportedGarden> {
  const garden = await openMirrorGarden();
  const { db, mongo } = garden;
  await garden.mirror();
  const stop = new AbortController();
  const { signal } = stop;
  // The verifier would mend what a test spoils.
  const following = garden.createLoader(garden.models, { verifyShare: 0 }).run(signal);
  const exportTo: ExportedGarden["exportTo"] = (destination, models = garden.models, patienceMs = 20_000) =>
    exportChanges({ db, mongo, destination, models, signal, patienceMs });
  return {
    garden,
    exportTo,
    async settle() {
      const folder = await makeFolderOfTest();
      // The second waits for a position beyond what the first has waited for.
      for (let run = 0; run < 2; run += 1) await exportTo(openFolder(folder));
      await removeFolder(folder);
    },
    verify: (destination, models = garden.models) =>
      verifyDestination({ db, mongo, destination, models, signal }),
    write: (count, seed) =>
      db.withConnection(async (connection) => {
        for (const one of fc.sample(gardenOperation, { numRuns: count, seed }))
          await attempt(connection, one);
      }),
    async plant(plantId) {
      await db.run("insert ignore into bed (bed_id, name, kind, area) values (1, 'Home', 'open', 1)");
      await db.run("insert ignore into gardener (gardener_id, name) values (1, 'Ada')");
      await addPlant(db, plantId, { bedId: 1 });
    },
    async close() {
      stop.abort();
      await following.catch(() => undefined);
      await garden.close();
    },
  };
}

/** A new folder, for one test. */
export const makeFolderOfTest = (): Promise<string> => mkdtemp(join(tmpdir(), "vitrine-changes-"));
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** Every file below a folder with its hash. */
export async function hashFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  return new Map(
    await Promise.all(
      names.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [
          path,
          createHash("sha256")
            .update(await readFile(path))
            .digest("hex"),
        ] as const;
      }),
    ),
  );
}
