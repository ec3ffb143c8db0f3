import { afterAll, beforeAll, expect, test } from "vitest";
import { countChanges } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
});
afterAll(() => garden?.close());

test("changes of before the first rebuild are dropped, also where models that nobody mirrors read the table", async () => {
  const logged = await countChanges(garden.db);
  expect(logged).toBeGreaterThan(10);
  const model = garden.model("gardener_plants");
  await garden.createLoader([model]).once(new AbortController().signal);
  expect(garden.events).toContainEqual({ type: "dropped", changes: logged });
  expect(await countChanges(garden.db)).toBe(0);
  expect((await garden.verify(model.name)).defects).toEqual([]);
});

test("but not those of a table that a mirrored model reads", async () => {
  garden.events.length = 0;
  await garden.db.run("update gardener set name = 'Seen' where gardener_id = 1");
  await garden.mirror();
  expect(garden.events.filter(({ type }) => type === "dropped")).toEqual([]);
  expect(await garden.defects()).toEqual([]);
});
