import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerVerbs } from "../../../src/commands/register-verbs.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "vitrine-help-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

const importOf = (...files: readonly string[]) => ({
  files: files.map((file) => ({ file, staging: `staging_${file.slice(0, 1)}`, columns: {} })),
  procedures: [],
});
const domains = [
  { name: "days", description: "Days of a calendar.", models: [] },
  {
    ...{ name: "shop", description: "What a shop sells.", models: [] },
    imports: { files: importOf("customers.csv", "orders.csv") },
  },
  {
    ...{ name: "warehouse", description: "What a warehouse has.", models: [] },
    imports: { sales: importOf("sales.csv"), catalog: importOf("goods.json") },
  },
];

/** What the command line prints, with this text as the project file; none without it. */
async function help(args: readonly string[], project: string | undefined): Promise<string> {
  const file = join(dir, `project-${Math.random()}.mjs`);
  if (project !== undefined) writeFileSync(file, project);
  const program = new Command("vitrine").exitOverride();
  let text = "";
  const print = (part: string) => {
    text += part;
  };
  program.configureOutput({ writeOut: print });
  const stdout = { isTerminal: false, print, finish: async () => null, outlive: () => undefined };
  const env = { VITRINE_PROJECT: file, VITRINE_DATA_DIR: dir };
  await registerVerbs(program, { env, signal: AbortSignal.abort(), stdout, stderr: process.stderr }, args);
  await program.parseAsync([...args], { from: "user" }).catch(() => undefined);
  return text;
}
const whole = `export default { sql: "sql", domains: ${JSON.stringify(domains)} };`;

test("the help page lists the domains of the project, and what can be imported into each", async () => {
  for (const args of [["--help"], ["-h"], ["help"]])
    expect(await help(args, whole), args.join()).toContain(`
Domains of the project:
  days       Days of a calendar.
  shop       What a shop sells.
             vitrine import shop <folder>
  warehouse  What a warehouse has.
             vitrine import warehouse sales <folder>
             vitrine import warehouse catalog <folder>
`);
});

test("that of import lists the imports with their files", async () => {
  for (const args of [
    ["import", "--help"],
    ["help", "import"],
  ])
    expect(await help(args, whole), args.join()).toContain(`
Imports of the project:
  vitrine import shop <folder>               customers.csv, orders.csv
  vitrine import warehouse sales <folder>    sales.csv
  vitrine import warehouse catalog <folder>  goods.json
`);
});

test("without a project there is the rest of the page, and of one that is broken is told why", async () => {
  const plain = await help(["--help"], undefined);
  expect(plain).toContain("Commands:");
  expect(plain).not.toContain("roject:");
  const broken = await help(["--help"], "export default 7;");
  expect(broken).toContain("Commands:");
  expect(broken).toMatch(/\nThe domains of the project are not known: .* does not export a project/);
});
