import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type ImportOptions, importFiles } from "../../../src/imports/import-files.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { intercept } from "../../support/intercept.ts";
import { vitrineEnvironment } from "../../support/run-vitrine.ts";
import { writeFolder } from "../../support/warehouse.ts";

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "vitrine-ended-"));
});
afterAll(async () => {
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const query = (sql: string) => database.admin.query(sql);
const line = "1,1,1,1,2020-01-01 00:00:00\n";
const importSales = async (text: string, options: Partial<ImportOptions> = {}) => {
  const domain = database.project.domains.find(({ name }) => name === "softcart");
  if (domain === undefined) throw new Error("The project has no warehouse.");
  const dir = await writeFolder({ "oltpdata.csv": text });
  return importFiles({ admin: database.admin, domain, name: "sales", dir, lockWaitSeconds: 2, ...options });
};
/** Nothing is loaded, noted or left staged. */
const isEmpty = async () =>
  expect(
    await query(
      `select row_id from softcart_sales union all select 1 from vitrine_import_run
      union all select 1 from staging_oltpdata`,
    ),
  ).toEqual([]);

test("An import that is stopped while a large file is sent leaves nothing, and the next need not wait", async () => {
  const stop = new AbortController();
  const progress = {
    start: () => ({ update: (done: number) => done > 1_000_000 && stop.abort(), end: () => {} }),
  };
  await expect(importSales(line.repeat(200_000), { progress, signal: stop.signal })).rejects.toMatchObject({
    code: "CANCELLED",
    message: "The import was stopped; nothing was imported.",
  });
  await isEmpty();
});

/** A process that imports a sale, and waits in the middle of it. */
async function startImport() {
  const [made] = await query("show create procedure match_sales");
  await query("create or replace procedure match_sales() modifies sql data do sleep(3600)");
  onTestFinished(async () => {
    await query(
      String(made?.["Create Procedure"]).replace(/^create .*?procedure/i, "create or replace procedure"),
    );
  });
  const dir = await writeFolder({ "oltpdata.csv": line });
  const child = spawn(process.execPath, ["bin/vitrine.mjs", "import", "softcart", "sales", dir], {
    env: vitrineEnvironment(database, dataDir),
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const ended = new Promise((done) => child.on("close", done));
  const sleeping = () =>
    query(
      "select id from information_schema.processlist where db = database() and state = 'User sleep' and time_ms < 3600000",
    );
  while ((await sleeping()).length === 0 && child.exitCode === null)
    await new Promise((later) => setTimeout(later, 50));
  return { child, ended, sleeping, said: () => said };
}

test("Ctrl-C ends the statement that an import waits for, with exit code 130; nothing is imported or locked", async () => {
  const { child, ended, sleeping, said } = await startImport();
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(said()).toContain("The import was stopped; nothing was imported.");
  expect(await sleeping()).toEqual([]);
  await isEmpty();
}, 120_000);

test("An import whose process is killed leaves no line, and none is anybody else's to see while it runs", async () => {
  const { child, ended, sleeping } = await startImport();
  const staged = database.admin.withConnection(async (connection) => {
    await connection.run("set transaction isolation level read uncommitted");
    return connection.query("select * from staging_oltpdata");
  });
  expect(await staged).toEqual([]);
  child.kill("SIGKILL");
  await ended;
  for (const { id } of await sleeping()) await query(`kill ${Number(id)}`);
  await expect.poll(sleeping).toEqual([]);
  await isEmpty();
}, 120_000);

test("An import that is over does not fail when its tables cannot be analyzed", async () => {
  const admin = intercept(database.admin, async (sql) => {
    if (sql.includes("information_schema.triggers")) throw new Error("refused by a test");
  });
  expect(await importSales(line, { admin })).toMatchObject({ rejects: 0 });
  expect(await query("select product_id from softcart_sales")).toEqual([{ product_id: 1 }]);
});

// The last: it leaves the tables as those of another release.
test.each([
  ["column", "alter table vitrine_import_run rename column import_name to name_of_old"],
  ["procedure", "drop procedure match_sales"],
  ["table", "drop table vitrine_import_run"],
])("A database that lacks a %s of this release is to be migrated", async (_what, change) => {
  await query(change);
  await expect(importSales(line)).rejects.toMatchObject({
    code: "MIGRATIONS_PENDING",
    message: expect.stringContaining("Run `vitrine migrate up` first."),
  });
});
