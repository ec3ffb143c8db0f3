import { expect, test } from "vitest";
import { listVerbs } from "../../support/list-verbs.ts";

test("a command line loads the verb that it names, by the name that it has there", async () => {
  const all = await listVerbs();
  expect(all.length).toBeGreaterThan(10);
  for (const name of all) expect(await listVerbs("--data-dir", "elsewhere", name, "--json")).toEqual([name]);
});

test("what names none, or asks for help, knows them all", async () => {
  const all = await listVerbs();
  expect(await listVerbs("statsu")).toEqual(all);
  expect(await listVerbs("help", "status")).toEqual(all);
});
