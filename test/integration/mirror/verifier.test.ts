import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../../../src/log.ts";
import type { LoaderEvent } from "../../../src/mirror/events.ts";
import { runVerifier, type VerifierOptions, verifyNext } from "../../../src/mirror/verify/run-verifier.ts";
import { clearChanges } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import { intercept } from "../../support/intercept.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden.close());

/** Runs a loader whose verifier compares this share, until it has seen enough; the errors that it logged. */
async function follow(verifyShare: number, isEnough: (event: LoaderEvent) => boolean) {
  const lines: Record<string, unknown>[] = [];
  const enough = new AbortController();
  const loader = garden.createLoader(garden.models, {
    logger: createLogger("error", { write: (line: string) => void lines.push(JSON.parse(line)) }),
    verifyShare,
    onEvent: (event) => {
      if (isEnough(event)) enough.abort();
    },
  });
  // The first look is taken within four seconds, the second four seconds later.
  await loader.run(AbortSignal.any([enough.signal, AbortSignal.timeout(20_000)]));
  return lines;
}

test("what the verifier finds wrong is reported as an error, with model and number, and mended", async () => {
  const [model] = garden.models;
  if (!model) throw new Error("The garden has models.");
  const spoiled = await garden.mongo.db
    .collection(model.name)
    .updateMany({}, { $set: { _h: "spoiled" } }, { bypassDocumentValidation: true });
  expect(spoiled.modifiedCount).toBeGreaterThan(1);
  let looks = 0;
  const lines = await follow(1, (event) => event.type === "verified" && ++looks === 2);
  expect(lines).toEqual([
    expect.objectContaining({
      level: "error",
      model: model.name,
      checked: spoiled.modifiedCount,
      defects: spoiled.modifiedCount,
      msg: expect.stringContaining("proven wrong"),
    }),
  ]);
  await garden.mirror();
  expect((await garden.verify(model.name)).defects).toEqual([]);
});

/** Runs a verifier alone, with a short round, until it was told enough. */
async function verify(options: Partial<VerifierOptions>, isEnough: (event: LoaderEvent) => boolean) {
  const enough = new AbortController();
  const onEvent = (event: LoaderEvent) => {
    if (isEnough(event)) enough.abort();
  };
  const { db, mongo, models } = garden;
  const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(20_000)]);
  await runVerifier({ db, mongo, models, share: 1, everyMs: 100, onEvent, ...options }, signal);
}

test("a model whose view is gone keeps the verifier from no other", async () => {
  const [first, last] = [garden.model("plant_card"), garden.model("gardener_plants")];
  await garden.admin.query("rename table plant_card to put_away");
  const failed: string[] = [];
  let found = 0;
  try {
    await garden.mongo.db
      .collection(last.name)
      .updateMany({}, { $set: { _h: "spoiled" } }, { bypassDocumentValidation: true });
    await verify({ models: [first, last] }, (event) => {
      if (event.type === "failed") failed.push(`${event.scope}: ${event.error}`);
      if (event.type === "verified") found += event.defects;
      return found > 0;
    });
  } finally {
    await garden.admin.query("rename table put_away to plant_card");
  }
  expect(found).toBeGreaterThan(0);
  expect(failed[0]).toMatch(/^verifier: .*plant_card/);
  await garden.mirror();
  expect((await garden.verify(last.name)).defects).toEqual([]);
});

test("the verifier goes on where it was, also after a server was lost", async () => {
  const model = garden.model("plant_card");
  const cursors: VerifierOptions["cursors"] = new Map();
  const looks: boolean[] = [];
  const db = intercept(garden.db, async (sql) => {
    if (!sql.includes("from `plant_card` where")) return;
    looks.push(sql.includes("`plant_id` > "));
    if (looks.length === 2) throw new Error("The network is gone.");
  });
  const run = () => verify({ db, models: [model], share: 0.01, cursors }, () => looks.length === 4);
  await expect(run()).rejects.toThrow("The network is gone.");
  await run();
  expect(looks.slice(0, 4)).toEqual([false, true, true, true]);
});

test("a server that is lost again and again, always with the same model, keeps the verifier from no other", async () => {
  const models = [garden.model("plant_card"), garden.model("gardener_plants")];
  const cursors: VerifierOptions["cursors"] = new Map();
  const verified: string[] = [];
  const db = intercept(garden.db, async (sql) => {
    if (sql.includes("from `plant_card` where")) throw new Error("The network is gone.");
  });
  const run = () =>
    verify({ db, models, cursors }, (event) => {
      if (event.type === "verified") verified.push(event.model);
      return event.type === "verified";
    });
  await expect(run()).rejects.toThrow("The network is gone.");
  await run();
  expect(verified).toEqual(["gardener_plants"]);
});

test("the verifier leaves a model alone of which very much is on its way: each look would ask what all of it touches", async () => {
  const asked: string[] = [];
  const db = intercept(garden.db, async (sql) => {
    if (sql.includes("_touched_by_")) asked.push(sql);
  });
  const options = { db, mongo: garden.mongo, onEvent: () => undefined, models: garden.models };
  const look = () =>
    verifyNext(options, garden.model("plant_card"), { after: "1", share: 1 }, new AbortController().signal);
  await garden.db.run("insert into vitrine_change_plant (plant_id) select 0 from seq_1_to_10000");
  expect(await look()).toBe("1");
  expect(asked).toEqual([]);
  await garden.db.run("delete from vitrine_change_plant limit 1");
  expect(await look()).toBeNull();
  expect(asked).not.toEqual([]);
  await clearChanges(garden.db);
});
