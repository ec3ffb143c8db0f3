import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MongoDb, openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { blows } from "../../support/fake-members.ts";
import { type FakeSet, openFakeSet, type Strike } from "../../support/fake-replica-set.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
let set: FakeSet;
let mongo: MongoDb;
const stop = new AbortController();
let running: Promise<void>;

const createLoader = () =>
  garden.createLoader(garden.models, {
    mongo,
    verifyShare: 0,
  });
beforeAll(async () => {
  garden = await openMirrorGarden();
  set = await openFakeSet({ url: garden.mongodbUrl });
  mongo = openMongoDb(set.url);
  await createLoader().once(stop.signal);
  running = createLoader().run(stop.signal);
});
afterAll(async () => {
  stop.abort();
  await running;
  await mongo.close();
  await set.close();
  await garden.close();
});

type Step = Pick<Strike, "command" | "of" | "nth">;

const inTransaction = (body: { readonly autocommit?: unknown }) => body.autocommit === false;
/** What a batch sends, in turn. */
const steps: Readonly<Record<string, Step>> = {
  "the first documents": {
    command: "update",
    of: (body) => inTransaction(body) && body.update === "plant_card",
  },
  "the record of the position": {
    command: "update",
    of: (body) => inTransaction(body) && body.update === "_vitrine",
  },
  "the commit": { command: "commitTransaction" },
};

let height = 0;
/** Changes one document while the next command of a step is struck; until the mirror shows it. */
async function writeThrough(strike: Strike): Promise<void> {
  const { isStruck } = set.strike(strike);
  height += 1;
  await garden.db.run("update plant set height = ? where plant_id = 1", [height]);
  await expect.poll(isStruck, { timeout: 20_000 }).toBe(true);
  await expect.poll(() => garden.disagreements(), { timeout: 20_000 }).toEqual([]);
}

for (const [name, step] of Object.entries(steps))
  test(`a primary that is lost at ${name} of a batch loses no change, whatever became of the command`, async () => {
    for (const [index, blow] of blows.entries())
      await writeThrough({ ...step, blow, ...(index % 2 === 0 ? { electionMs: 100 } : {}) });
  });

test("a primary that does not know that another was elected acknowledges nothing, and holds up nothing for good", async () => {
  set.split();
  await garden.db.run("update plant set height = height + 1");
  await sleep(700);
  set.heal();
  await expect.poll(() => garden.disagreements(), { timeout: 20_000 }).toEqual([]);
});

test("writes go on through elections one after the other, with other faults beside", async () => {
  const elections = (async () => {
    for (let round = 0; round < 3; round++) await set.elect(300);
  })();
  set.disturb(0.1);
  for (let write = 0; write < 60; write++)
    await garden.db.run("update plant set height = height + 1 where plant_id = ?", [1 + (write % 4)]);
  await elections;
  set.disturb(0);
  await expect.poll(() => garden.disagreements(), { timeout: 20_000 }).toEqual([]);
  expect(await garden.defects()).toEqual([]);
});
