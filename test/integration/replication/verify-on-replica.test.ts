import { afterAll, beforeAll, expect, test } from "vitest";
import { recordRun } from "../../../src/core/runs.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import {
  openReplicatedGarden,
  type ReplicatedGarden,
  type ReplicatedServer,
} from "../../support/replicated-garden.ts";

let garden: ReplicatedGarden;
let primary: ReplicatedServer;
let replica: ReplicatedServer;
beforeAll(async () => {
  garden = await openReplicatedGarden(1);
  [primary, replica] = garden.servers as [ReplicatedServer, ReplicatedServer];
  await garden.mirror(primary);
  await replica.catchUp(primary);
});
afterAll(() => garden?.close());

/** What a verification there says, noted as the command notes it. */
const verify = (name: string) => {
  const model = garden.models.find((one) => one.name === name);
  if (!model) throw new Error(`There is no model ${name}.`);
  const { mongo } = garden;
  const { signal } = new AbortController();
  return recordRun(replica.db, { kind: "verify", name }, () =>
    verifyModel({ db: replica.db, mongo, model, deep: true, signal }),
  );
};
const writtenOn = async ({ db }: ReplicatedServer) =>
  (await db.query<{ gtid: string }>("select @@gtid_binlog_pos as gtid"))[0]?.gtid;

test("all models are verified on a replica, as its administrator, and nothing is written there", async () => {
  const before = await writtenOn(replica);
  for (const { name } of garden.models)
    expect(await verify(name), name).toMatchObject({ defects: [], isComplete: true, unsettled: 0 });
  expect(await writtenOn(replica)).toBe(before);
  await primary.db.run("update plant set species = 'Salvia' where plant_id = 3");
  // It would not follow any more, had anything been written.
  await replica.catchUp(primary);
  await garden.mirror(primary);
  await replica.catchUp(primary);
  expect(await verify("plant_card")).toMatchObject({ defects: [], unsettled: 0 });
});

test("what a replica has not heard of yet is unsettled and no defect; what is spoiled is one", async () => {
  await replica.db.query("stop slave sql_thread");
  await primary.db.run("update plant set species = 'Mentha' where plant_id = 2");
  await garden.mirror(primary);
  expect(await verify("plant_card")).toMatchObject({ defects: [], unsettled: 1 });
  await replica.db.query("start slave sql_thread");
  await replica.catchUp(primary);
  await garden.mongo.db
    .collection<{ _id: number }>("plant_card")
    .updateOne({ _id: 2 }, { $set: { species: "?" } });
  const { defects } = await verify("plant_card");
  expect(defects).toEqual([expect.objectContaining({ id: "2", kind: "differs" })]);
});

test("a loader refuses a replica, and says what to name", async () => {
  const { signal } = new AbortController();
  const before = await writtenOn(replica);
  await expect(garden.createLoader(replica.db).once(signal)).rejects.toMatchObject({
    code: "SOURCE_UNAVAILABLE",
    message: expect.stringContaining("Name the primary"),
  });
  expect(await writtenOn(replica)).toBe(before);
});
