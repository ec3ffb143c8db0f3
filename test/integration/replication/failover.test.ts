import { afterEach, beforeEach, expect, test } from "vitest";
import { readPosition } from "../../../src/core/position.ts";
import { requireNotLost } from "../../../src/freshness/await-write.ts";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { readToken } from "../../../src/freshness/write-token.ts";
import { takeToken } from "../../../src/stores/mariadb/take-token.ts";
import {
  openReplicatedGarden,
  type ReplicatedGarden,
  type ReplicatedServer,
} from "../../support/replicated-garden.ts";

let garden: ReplicatedGarden;
let primary: ReplicatedServer;
let replica: ReplicatedServer;
beforeEach(async () => {
  garden = await openReplicatedGarden(1);
  [primary, replica] = garden.servers as [ReplicatedServer, ReplicatedServer];
  await garden.mirror(primary);
});
afterEach(() => garden?.close());

/** So many positions that those which were lost are given again, as a gateway with mutations does in seconds. */
const takeTokens = async () => {
  for (let token = 0; token < 60; token++) await takeToken(replica.db);
};
const rebuilt = async (server: ReplicatedServer) =>
  server.db.query("select model, rebuilt_at from vitrine_state order by model");
const write = (server: ReplicatedServer, price: number) =>
  server.db.run("update harvest set price = ? where plant_id = 1", [price]);

test("a replica that lacks what was mirrored is found out, also when its positions have passed the lost ones", async () => {
  const kept = readToken(await takeToken(primary.db));
  await replica.catchUp(primary);
  await replica.cutOff();
  await write(primary, 7);
  await garden.mirror(primary);
  const lost = readToken(await takeToken(primary.db));
  primary.kill();
  await replica.promote();
  await takeTokens();
  expect((await readPosition(replica.db)).n).toBeGreaterThan(lost.n);

  const meter = createFreshness(replica.db, garden.mongo, garden.models);
  const [model] = garden.models;
  if (!model) throw new Error("The garden has models.");
  await expect(requireNotLost(meter, model, lost)).rejects.toMatchObject({ code: "WRITE_LOST" });
  await requireNotLost(meter, model, kept);
  await garden.mirror(replica);
  expect(await garden.disagreements(replica)).toEqual([]);
  expect(garden.events).toContainEqual(expect.objectContaining({ type: "failed", scope: "identity" }));
  // Nor is it forgotten by what was done about it.
  await expect(
    requireNotLost(createFreshness(replica.db, garden.mongo, garden.models), model, lost),
  ).rejects.toMatchObject({ code: "WRITE_LOST" });
});

test("a replica that has all that was mirrored goes on without a rebuild, and knows the tokens of before", async () => {
  await write(primary, 7);
  await garden.mirror(primary);
  const token = readToken(await takeToken(primary.db));
  await write(primary, 8);
  await replica.catchUp(primary);
  const before = await rebuilt(replica);
  primary.kill();
  await replica.promote();
  await takeTokens();
  expect((await readPosition(replica.db)).incarnation).not.toBe(token.incarnation);
  garden.events.length = 0;
  await garden.mirror(replica);
  expect(await garden.disagreements(replica)).toEqual([]);
  expect(await rebuilt(replica)).toEqual(before);
  expect(garden.events.filter(({ type }) => type === "failed")).toEqual([]);
  const meter = createFreshness(replica.db, garden.mongo, garden.models);
  for (const model of garden.models) await requireNotLost(meter, model, token);
});
