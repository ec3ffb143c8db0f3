import { afterAll, beforeAll, expect, test } from "vitest";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden?.close());

/** More than lives are remembered. */
const FAILOVERS = 18;

test("a model that nobody wrote through any number of failovers is not rebuilt for it", {
  timeout: 300_000,
}, async () => {
  const rebuilt = () => garden.db.query("select model, rebuilt_at from vitrine_state order by model");
  const before = await rebuilt();
  for (let round = 0; round < FAILOVERS; round++) {
    // The next position is another server's, which has all that the one before had.
    await garden.db.run("update vitrine_position set server = ?", [`${round}/gone`]);
    await garden.db.run("update gardener set name = ? where gardener_id = 2", [`N${round}`]);
    await garden.mirror();
  }
  const [position] = await garden.db.query<{ lives: number }>(
    "select json_length(branches) as lives from vitrine_position",
  );
  expect(Number(position?.lives)).toBe(16);
  expect(await rebuilt()).toEqual(before);
  expect(await garden.disagreements()).toEqual([]);
});
