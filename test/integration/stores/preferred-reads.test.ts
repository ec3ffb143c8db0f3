import { setTimeout as sleep } from "node:timers/promises";
import type { Timestamp } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { streamMirror } from "../../../src/stores/mongodb/mirror-range.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { type MongoDb, openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { type FakeSet, openFakeSet } from "../../support/fake-replica-set.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { Body } from "../../support/mongo-wire.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

/** Commands of the members, in turn. */
const asked: { readonly member: number; readonly command: string; readonly body: Body }[] = [];
let garden: TestMirror;
let set: FakeSet;
let mongo: MongoDb;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
  set = await openFakeSet({
    url: garden.mongodbUrl,
    onCommand: (member, command, body) => void asked.push({ member, command, body }),
  });
  mongo = openMongoDb(`${set.url}&readPreference=secondaryPreferred`);
});
beforeEach(() => {
  asked.length = 0;
});
afterAll(async () => {
  await mongo?.close();
  await set?.close();
  await garden?.close();
});

const card = () => garden.model("plant_card");
const heightOf = async (preferred: MongoDb["preferred"]) =>
  // The route says where it is, as in a gateway.
  (await createMirrorStore(mongo, preferred).findByIds(card(), ["1"], { collection: "plant_card" })).get("1")
    ?.height;
const finds = () => asked.filter(({ command, body }) => command === "find" && body.find === "plant_card");

test("a preference of the URL is heeded for what a gateway answers, and for nothing else", async () => {
  // Until the driver has heard of all members it asks whom it knows.
  await expect
    .poll(async () => {
      asked.length = 0;
      expect(await heightOf(mongo.preferred)).toBe(120);
      return finds().map(({ member }) => member);
    })
    .not.toContain(set.primary());
  asked.length = 0;
  expect(await heightOf(null)).toBe(120);
  for await (const _ of streamMirror(mongo, card(), { after: null, upTo: null, deep: true }));
  const loader = garden.createLoader([card()], { mongo });
  await garden.db.run("update plant set height = 121 where plant_id = 1");
  await loader.once(new AbortController().signal);
  expect(asked.filter(({ member }) => member !== set.primary())).toEqual([]);
  expect(openMongoDb(set.url).preferred).toBeNull();
  expect(() => openMongoDb(`${set.url}&readPreference=sometimes`)).toThrow(/MONGODB_URL is refused/);
});

test("a member that is asked in place of the primary waits until it has what the answer's age promises", async () => {
  const session = garden.mongo.client.startSession({ causalConsistency: true });
  await garden.mongo.db.collection("elsewhere").insertOne({}, { session });
  const meter = createFreshness(garden.db, mongo, garden.models);
  expect(await meter.of(card(), 0)).toMatchObject({ unusable: null });
  await heightOf(mongo.preferred);
  const { readConcern } = { ...finds().at(-1)?.body };
  const { afterClusterTime } = readConcern as { readonly afterClusterTime: Timestamp };
  expect(afterClusterTime.greaterThanOrEqual(session.operationTime as Timestamp)).toBe(true);
  await session.endSession();
});

test("while a set elects other members answer, as of when a primary was heard last", async () => {
  const meter = createFreshness(garden.db, mongo, garden.models);
  const before = await meter.of(card(), 0);
  const election = set.elect(5000);
  await expect.poll(() => mongo.preferred?.note()).toBe(false);
  // Who has never heard one cannot say how old an answer is.
  const late = await createFreshness(garden.db, mongo, garden.models).of(card(), 0);
  expect(late.unusable).toContain("no primary");
  await sleep(300);
  const during = await meter.of(card(), 0);
  expect(mongo.isReachable()).toBe(true);
  expect(during.position).toBe(before.position);
  expect(during.lagMs).toBeGreaterThanOrEqual(before.lagMs + 300);
  expect(during).toMatchObject({ unusable: null, isCurrent: true });
  expect(during.version).toBeUndefined();
  expect(await heightOf(mongo.preferred)).toBe(121);
  await election;
  await expect.poll(async () => (await meter.of(card(), 0)).lagMs).toBe(0);
});
