import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { importFiles } from "../../../src/imports/import-files.ts";
import type { ImportDefinition } from "../../../src/models/import-definition.ts";
import { defineDomain } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { importAll } from "../../support/import-all.ts";

const importOf = (thing: string): ImportDefinition => ({
  files: [{ file: `${thing}.csv`, staging: `staging_${thing}`, columns: { Id: "id", Name: "name" } }],
  procedures: [`import_${thing}`],
});
const domain = defineDomain({
  name: "garden",
  description: "Plants and the beds that they stand in.",
  models: [],
  imports: { plants: importOf("plant"), beds: importOf("bed") },
});

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  for (const thing of ["plant", "bed"])
    for (const sql of [
      `create table staging_${thing} (\`row_number\` bigint unsigned not null primary key, id varchar(500),
        name varchar(500), rest varchar(1000), fault varchar(200))`,
      `create table ${thing} (id int not null primary key, name varchar(500) not null)`,
      `create procedure import_${thing}() begin
        update staging_${thing} set fault = 'Name: is missing' where fault is null and name = '';
        insert into ${thing} select cast(id as int), name from staging_${thing} where fault is null
        on duplicate key update name = values(name);
        select '${thing}' as table_name, row_count() as inserted, 0 as updated, 0 as deleted;
      end`,
    ])
      await database.admin.query(sql);
});
afterAll(() => database?.close());
afterEach(() => database.admin.run("delete from vitrine_import_run"));

async function writeGarden(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-garden-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text);
  return dir;
}

const readRuns = () =>
  database.admin.query("select domain, import_name from vitrine_import_run order by import_run_id");
const readRemarks = () =>
  database.admin.query("select file, `row` from vitrine_import_reject order by file, `row`");
const options = (dir: string) => ({ admin: database.admin, domain, dir, lockWaitSeconds: 1 });

test("Of several imports the name is told, else the error lists them", async () => {
  const dir = await writeGarden({});
  await expect(importFiles(options(dir))).rejects.toMatchObject({
    code: "USAGE",
    message: "The domain garden has several imports. Say which: plants, beds.",
  });
  await expect(importFiles(options("beds"))).rejects.toMatchObject({
    code: "USAGE",
    message: "The import beds of garden needs the folder of its files, behind its name.",
  });
  for (const name of ["trees", "toString"])
    await expect(importFiles({ ...options(dir), name })).rejects.toMatchObject({
      code: "USAGE",
      message: `The domain garden has no import ${name}. There are: plants, beds.`,
    });
});

test("Each import has runs, remarks and files of its own", async () => {
  const plants = await writeGarden({ "plant.csv": "Id,Name\n1,Rose\n2,\n" });
  const first = await importFiles({ ...options(plants), name: "plants" });
  expect(first).toMatchObject({ domain: "garden", name: "plants", rejects: 1 });
  const beds = await writeGarden({ "bed.csv": "Id,Name\n1,\n2,South\n3,\n" });
  expect(await importFiles({ ...options(beds), name: "beds" })).toMatchObject({ name: "beds", rejects: 2 });
  expect(await readRemarks()).toEqual([
    { file: "bed.csv", row: "2" },
    { file: "bed.csv", row: "4" },
    { file: "plant.csv", row: "3" },
  ]);
  const clean = await writeGarden({ "plant.csv": "Id,Name\n1,Rose\n", "bed.csv": "Id,Name\n2,South\n" });
  expect((await importAll(options(clean))).map(({ name, remarks }) => [name, remarks])).toEqual([
    ["plants", []],
    ["beds", []],
  ]);
  expect(await readRemarks()).toEqual([]);
  expect(await readRuns()).toEqual([
    { domain: "garden", import_name: "plants" },
    { domain: "garden", import_name: "beds" },
    { domain: "garden", import_name: "plants" },
    { domain: "garden", import_name: "beds" },
  ]);
});

test("Two imports of a domain do not wait for each other, two runs of one do", async () => {
  const dir = await writeGarden({ "plant.csv": "Id,Name\n1,Rose\n", "bed.csv": "Id,Name\n2,South\n" });
  await database.admin.transaction(async (connection) => {
    const lock = "insert into vitrine_lease (lease_name, holder, expires_at) values (?, 'a test', now())";
    await connection.run(lock, ["import:garden:plants"]);
    await expect(importFiles({ ...options(dir), name: "plants" })).rejects.toMatchObject({
      code: "IMPORT_LOCKED",
      message: "The import plants of garden is running already. Wait until it has ended.",
    });
    expect(await importFiles({ ...options(dir), name: "beds" })).toMatchObject({ name: "beds" });
    await connection.run("delete from vitrine_lease where holder = 'a test'");
  });
});
