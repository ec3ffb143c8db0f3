import { Command } from "commander";
import { expect, test } from "vitest";
import { registerVerbs } from "../../../src/commands/register-verbs.ts";

const register = async (...args: readonly string[]) => {
  const program = new Command("vitrine");
  const { stdout, stderr } = process;
  await registerVerbs(program, { env: {}, signal: AbortSignal.abort(), stdout, stderr }, args);
  return program.commands.map((command) => command.name());
};

test("a command line loads the verb that it names, by the name that it has there", async () => {
  const all = await register();
  expect(all.length).toBeGreaterThan(10);
  for (const name of all) expect(await register("--data-dir", "elsewhere", name, "--json")).toEqual([name]);
});

test("what names none, or asks for help, knows them all", async () => {
  const all = await register();
  expect(await register("statsu")).toEqual(all);
  expect(await register("help", "status")).toEqual(all);
});
