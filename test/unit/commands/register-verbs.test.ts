import { expect, test } from "vitest";
import { listLoaded, listVerbs } from "../../support/list-verbs.ts";

// It reads the sources of the whole engine, which takes a while on a busy machine.
test("a command line loads the verb that it names, by the name that it has there", {
  timeout: 60_000,
}, async () => {
  const all = await listVerbs();
  expect(all.length).toBeGreaterThan(10);
  for (const name of all) expect(await listLoaded("--data-dir", "elsewhere", name, "--json")).toEqual([name]);
});

test("the help page loads none, and that of a verb only this one", async () => {
  expect(await listLoaded()).toEqual([]);
  expect(await listLoaded("--help")).toEqual([]);
  expect(await listLoaded("statsu")).toEqual([]);
  expect(await listLoaded("help", "status")).toEqual(["status"]);
});
