import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../../../src/log.ts";
import type { LoaderEvent } from "../../../src/mirror/events.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop.close());

/** Runs a loader whose auditor compares this share, until it has seen enough; the errors that it logged. */
async function follow(auditShare: number, isEnough: (event: LoaderEvent) => boolean) {
  const lines: Record<string, unknown>[] = [];
  const enough = new AbortController();
  const loader = shop.createLoader(shop.models, {
    logger: createLogger("error", { write: (line: string) => void lines.push(JSON.parse(line)) }),
    auditShare,
    onEvent: (event) => {
      if (isEnough(event)) enough.abort();
    },
  });
  // The first look is taken within four seconds, the second four seconds later.
  await loader.run(AbortSignal.any([enough.signal, AbortSignal.timeout(20_000)]));
  return lines;
}

test("what the auditor finds wrong is reported as an error, with model and number, and mended", async () => {
  const [model] = shop.models;
  if (!model) throw new Error("The shop has models.");
  const spoiled = await shop.mongo.db
    .collection(model.name)
    .updateMany({}, { $set: { _h: "spoiled" } }, { bypassDocumentValidation: true });
  expect(spoiled.modifiedCount).toBeGreaterThan(1);
  let audits = 0;
  const lines = await follow(1, (event) => event.type === "audited" && ++audits === 2);
  expect(lines).toEqual([
    expect.objectContaining({
      level: "error",
      model: model.name,
      checked: spoiled.modifiedCount,
      defects: spoiled.modifiedCount,
      msg: expect.stringContaining("proven wrong"),
    }),
  ]);
  await shop.mirror();
  expect((await shop.verify(model.name)).defects).toEqual([]);
});
