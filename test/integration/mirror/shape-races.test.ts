import { expect, test } from "vitest";
import { adoptShapes } from "../../../src/core/adopt-shapes.ts";
import { applyBatch } from "../../../src/mirror/apply/apply-batch.ts";
import {
  addNoteToView,
  garden,
  isWhole,
  mirror,
  old,
  other,
  pass,
  readByHand,
  renewStop,
  state,
  stop,
  useChangingGarden,
  verify,
  wider,
} from "../../support/garden/changing-garden.ts";
import { openReader, startCounting } from "../../support/garden/changing-readers.ts";
import { intercept } from "../../support/intercept.ts";

useChangingGarden();

test.each(["beside", "in place"])(
  "what a loader of the shape before has in hand is not acknowledged when one is adopted %s",
  async (way) => {
    const next = way === "beside" ? other : wider;
    if (next === wider) await addNoteToView();
    const late = await readByHand(old, ["1", "2"]);
    await garden.db.run("update plant set height = 77 where plant_id in (1, 2)");
    await adoptShapes(garden.db, [next]);
    await expect(readByHand(old, ["1"])).rejects.toThrow(/another shape/);
    await mirror(next);
    await expect(applyBatch({ db: garden.db, mongo: garden.mongo, model: old }, late)).rejects.toThrow(
      /another shape/,
    );
    expect(await verify(next)).toMatchObject(isWhole);
    await expect(garden.createLoader([old]).once(stop.signal)).rejects.toThrow(/another shape/);
    expect(await verify(next)).toMatchObject(isWhole);
  },
);

test("a batch for a collection that was left is not acknowledged, though its shape is recorded again", async () => {
  await mirror(other);
  const late = await readByHand(other, ["1"]);
  await adoptShapes(garden.db, [old]);
  await adoptShapes(garden.db, [other]);
  expect(await state()).toMatchObject({ collection: "plant_card.4" });
  await expect(applyBatch({ db: garden.db, mongo: garden.mongo, model: other }, late)).rejects.toThrow(
    /another shape/,
  );
  await mirror(other);
  expect(await verify(other)).toMatchObject(isWhole);
});

test("loaders of the new shape race for the change, and end right", async () => {
  const counting = startCounting(garden, 1);
  const racing = Array.from({ length: 3 }, () =>
    garden.createLoader([{ ...other, batch: 1 }], { adoptShapes: true }).run(stop.signal),
  );
  await expect.poll(async () => (await state()).rebuildStatus, { timeout: 30_000 }).toBe("done");
  await pass(300);
  await counting.stop();
  stop.abort();
  await Promise.all(racing);
  renewStop();
  await mirror(other);
  expect(await state()).toMatchObject({ collection: "plant_card.2", former: null });
  expect(await verify(other)).toMatchObject(isWhole);
});

const statements = {
  "before the shape is adopted": /set rebuild_status = 'needed'.*shape_hash/s,
  "before the rebuild begins": /set rebuild_status = 'running'/,
  "in the middle of the rebuild": /set rebuild_cursor = \?/,
  "before the switch": /set rebuild_status = 'done'/,
};
test.each(Object.keys(statements) as (keyof typeof statements)[])(
  "a loader that dies %s leaves nothing that the next one cannot end",
  async (point) => {
    const dies = new AbortController();
    const wrap = (db: typeof garden.db) =>
      intercept(db, (sql) => {
        if (!statements[point].test(sql)) return undefined;
        dies.abort();
        return Promise.reject(new Error("The loader dies here."));
      });
    await garden.createLoader([{ ...other, batch: 2 }], { adoptShapes: true, wrap }).run(dies.signal);
    expect((await openReader(garden, old, "1")("MIRROR")).document?.plantId).toBe(1);
    await garden.db.run("update plant set height = 55 where plant_id = 1");
    await mirror(other);
    expect(await verify(other)).toMatchObject(isWhole);
    expect((await openReader(garden, other, "1")("MIRROR")).document?.plantId).toBe("1");
    await expect(openReader(garden, old, "1")("MIRROR")).rejects.toMatchObject({
      code: "MIRROR_UNAVAILABLE",
    });
  },
);
