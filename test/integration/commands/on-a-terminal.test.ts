import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { vitrineEnvironment } from "../../support/run-vitrine.ts";
import { prepareShop } from "../../support/shop-operations.ts";

const run = promisify(execFile);
let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "vitrine-terminal-"));
  await prepareShop(database.admin);
});
afterAll(async () => {
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** What is left on a terminal of a command: both outputs, without the bars that were wiped away. */
async function onTerminal(args: string): Promise<readonly string[]> {
  const line = `"${process.execPath}" bin/vitrine.mjs ${args}`;
  const { stdout } = await run("script", ["-qec", line, "/dev/null"], {
    env: vitrineEnvironment(database, dataDir),
  });
  const control = String.fromCharCode(27);
  return stdout
    .split("\n")
    .map((text) => text.replaceAll(new RegExp(`${control}\\[[0-9;?]*[A-Za-z]`, "g"), "").replaceAll("\r", ""))
    .map((text) => text.replaceAll(/.*[█░].*%\s+\d+\/\d+/g, ""))
    .filter((text) => text.trim() !== "");
}

test("a result stands once on a terminal, where answer and progress meet", async () => {
  expect(await onTerminal("mirror --once")).toEqual([expect.stringMatching(/^\d+ models are current\.$/)]);
  expect(await onTerminal("verify order_details sales")).toEqual([
    expect.stringMatching(/^order_details: 4 documents compared, 0 defects$/),
    expect.stringMatching(/^sales: \d+ documents compared, 0 defects$/),
  ]);
  expect(await onTerminal("rebuild order_details")).toEqual([
    expect.stringMatching(/^4 documents of order_details in [\d.]+ s\.$/),
  ]);
  expect(await onTerminal(`export order_details sales --out ${dataDir}/out`)).toEqual([
    expect.stringMatching(/ 4 documents, [\d,]+ bytes$/),
    expect.stringMatching(/ \d+ documents, [\d,]+ bytes$/),
    expect.stringContaining("Written to"),
  ]);
  const files = await onTerminal(`generate pos --scale 0.01 --out ${dataDir}/files`);
  expect(new Set(files.map((line) => line.split(/[ :]/)[0])).size).toBe(files.length);
});
