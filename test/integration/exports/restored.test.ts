import { afterEach, beforeEach, expect, test } from "vitest";
import { readPosition } from "../../../src/core/position.ts";
import type { Destination } from "../../../src/exports/destinations/destination.ts";
import { openFolder } from "../../../src/exports/destinations/folder.ts";
import { exportChanges } from "../../../src/exports/incremental/export-changes.ts";
import { verifyDestination } from "../../../src/exports/incremental/verify-destination.ts";
import { guardOnce } from "../../../src/mirror/guard/guard.ts";
import { takePosition } from "../../../src/stores/mariadb/take-token.ts";
import { readApplied } from "../../../src/stores/mongodb/mirror-records.ts";
import { makeFolderOfTest, removeFolder } from "../../support/garden/export-garden.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";
import { readFinalState, readLiveState } from "../../support/read-changes.ts";

let garden: TestMirror;
let folder: string;
beforeEach(async () => {
  garden = await openMirrorGarden();
  folder = await makeFolderOfTest();
  await garden.mirror();
}, 60_000);
afterEach(async () => {
  await garden?.close();
  if (folder) await removeFolder(folder);
});

const { signal } = new AbortController();
const models = () => [garden.model("plant_card")];
const run = (destination: Destination = openFolder(folder)) =>
  exportChanges({ db: garden.db, mongo: garden.mongo, destination, models: models(), patienceMs: 0, signal });
const refusal = {
  code: "EXPORT_FAILED",
  message: expect.stringMatching(/the database was restored .* begin another destination/),
};
/** As a copy that was made at this position has it. */
async function restore(n: bigint) {
  await garden.db.run("update vitrine_position set n = ?", [n]);
  await garden.db.run("update vitrine_state set acked = least(acked, ?), complete = least(complete, ?)", [
    n,
    n,
  ]);
}
const readLargest = async () =>
  [...(await readApplied(garden.mongo)).values()].reduce((most, { n }) => (n > most ? n : most), 0n);
const grow = () => garden.db.run("update plant set height = height + 1 where plant_id = 1");
/** Until positions are far beyond every document. */
async function idle() {
  for (let round = 0; round < 5; round += 1) {
    await run();
    await garden.mirror();
  }
}

test("after MariaDB was restored no file goes on where it was, whether or not its new life has begun", async () => {
  await idle();
  const largest = await readLargest();
  await restore(largest - 1n);
  await expect(run()).rejects.toMatchObject(refusal);
  await restore(largest - 1n);
  const { incarnation } = await readPosition(garden.db);
  await guardOnce({ ...garden, onEvent: () => undefined });
  expect((await readPosition(garden.db)).incarnation).not.toBe(incarnation);
  await grow();
  await garden.mirror();
  await expect(run()).rejects.toMatchObject(refusal);
  await expect(
    verifyDestination({ ...garden, destination: openFolder(folder), models: models(), signal }),
  ).rejects.toMatchObject(refusal);
});

test("after MariaDB was restored to a copy that lacks nothing of the mirror, files go on with what is written since", async () => {
  await idle();
  const { n } = await readPosition(garden.db);
  await restore(await readLargest());
  await expect(run()).rejects.toMatchObject(refusal);
  await grow();
  await garden.mirror();
  // Nobody exports until positions are beyond those of the last run.
  while ((await readPosition(garden.db)).n < n) await takePosition(garden.db);
  await garden.mirror();
  await run();
  expect(await readFinalState(folder, garden.model("plant_card"))).toEqual(
    await readLiveState(garden.db, garden.model("plant_card")),
  );
});

test("a run that another one overtakes is no run of a restored database, and comes behind it", async () => {
  await run();
  const destination = openFolder(folder);
  let faster: Awaited<ReturnType<typeof run>> = [];
  await grow();
  await garden.mirror();
  const [slower] = await run({
    ...destination,
    async clean(path, stopped) {
      faster = await run();
      await grow();
      await garden.mirror();
      return destination.clean(path, stopped);
    },
  });
  expect(BigInt(slower?.manifest?.run ?? 0)).toBeGreaterThan(BigInt(faster[0]?.manifest?.run ?? 0));
  const verified = await verifyDestination({ ...garden, destination, models: models(), signal });
  expect(verified.map(({ defects, later }) => [defects, later])).toEqual([[[], 0]]);
});
