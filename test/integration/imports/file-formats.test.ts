import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { importFiles } from "../../../src/imports/import-files.ts";
import { defineDomain } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const columns = { Id: "id", "Common Name": "name", Height: "height" };
const domain = defineDomain({
  name: "garden",
  description: "Plants, however they were written down.",
  models: [],
  imports: {
    plants: {
      files: [
        {
          file: "plants.csv",
          staging: "staging_plant_csv",
          columns,
          optional: true,
          format: { kind: "csv", header: "maybe", delimiter: ";", trim: true },
        },
        {
          file: "plants.ndjson",
          staging: "staging_plant_lines",
          columns,
          optional: true,
          format: { kind: "ndjson" },
        },
        {
          file: "plants.json",
          staging: "staging_plant_list",
          columns,
          optional: true,
          format: { kind: "json" },
        },
      ],
      procedures: ["import_plants"],
    },
  },
});

const stagings = ["staging_plant_csv", "staging_plant_lines", "staging_plant_list"];
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  for (const staging of stagings)
    await database.admin.query(
      `create table ${staging} (\`row_number\` bigint unsigned not null primary key, id varchar(500),
        name varchar(500), height varchar(500), rest varchar(1000), fault varchar(200))`,
    );
  await database.admin.query(
    "create table plant (id int not null primary key, name text, height text, files text)",
  );
  const rows = stagings
    .map((one) => `select id, name, height from ${one} where fault is null`)
    .join(" union all ");
  await database.admin.query(
    `create procedure import_plants() begin
      insert into plant select cast(id as int), name, height, @import_files from (${rows}) as staged
      on duplicate key update name = values(name), height = values(height);
      select 'plant' as table_name, row_count() as inserted, 0 as updated, 0 as deleted;
    end`,
  );
});
afterAll(() => database?.close());
beforeEach(() => database.admin.run("delete from plant"));

async function importPlants(files: Readonly<Record<string, string | Buffer>>) {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-plants-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text);
  return importFiles({ admin: database.admin, domain, dir });
}
const readPlants = () => database.admin.query("select id, name, height, files from plant order by id");

const csv = '\u{feff}1 ; Rose;1.50\n2;"Elm; old" ;30\n';
const lines = '{"Id": 3, "Common Name": "Ähre", "Height": 0.70}\n{"Height": null, "Id": "4"}\n';
const list = '[{"Id": 5, "Common Name": "", "Height": [1, 1.20]}]';

test("The files of an import are each of a format of its own, and any of the optional ones may be missing", async () => {
  expect(
    (await importPlants({ "plants.csv": csv, "PLANTS.ndjson": lines, "plants.json": list })).files,
  ).toMatchObject([
    { file: "plants.csv", rows: 2, malformed: 0 },
    { file: "plants.ndjson", rows: 2, malformed: 0 },
    { file: "plants.json", rows: 1, malformed: 0 },
  ]);
  const files = "plants.csv,plants.ndjson,plants.json";
  expect(await readPlants()).toEqual([
    { id: 1, name: "Rose", height: "1.50", files },
    { id: 2, name: "Elm; old", height: "30", files },
    { id: 3, name: "Ähre", height: "0.70", files },
    { id: 4, name: null, height: null, files },
    { id: 5, name: "", height: "[1, 1.20]", files },
  ]);
  await database.admin.run("delete from plant");
  await importPlants({ "plants.json": list });
  expect(await readPlants()).toEqual([{ id: 5, name: "", height: "[1, 1.20]", files: "plants.json" }]);
  await expect(importPlants({})).rejects.toThrow(/has none of plants\.csv, plants\.ndjson, plants\.json\.$/);
});

test("The same files again add nothing", async () => {
  for (let time = 0; time < 2; time++)
    await importPlants({ "plants.csv": csv, "plants.ndjson": lines, "plants.json": list });
  expect(await readPlants()).toHaveLength(5);
});

describe("A broken record of", () => {
  test.each([
    ["plants.csv", "Id;Common Name;Height\n1;a;b;c\n2;Elm;30\n", "4 columns instead of 3"],
    ["plants.ndjson", '{"Id": 1, \n{"Id": 2, "Common Name": "Elm"}\n', "is not valid JSON at character 10"],
    ["plants.json", '[{"Id": 1, "Common Name": "x},\n{"Id": 2}]', "is not valid JSON"],
  ])("%s is listed with its reason, and the rest goes on", async (file, text, reason) => {
    const { remarks } = await importPlants({ [file]: text });
    expect(remarks).toMatchObject([
      { severity: "reject", file, column: null, reason: expect.stringContaining(reason), count: 1 },
    ]);
    expect((await readPlants()).map(({ id }) => id)).toEqual([2]);
  });

  test("JSON with a value that is too long names its key", async () => {
    const long = JSON.stringify({ Id: 1, "Common Name": "é".repeat(501) });
    const { remarks } = await importPlants({ "plants.ndjson": `${long}\n{"Id":2}\n` });
    expect(remarks).toMatchObject([{ column: "Common Name", reason: "is longer than 500 letters" }]);
  });
});

describe("Nothing at all is imported when a file", () => {
  test.each([
    ["is empty", "plants.csv", "", "plants.csv, line 1: the file is empty."],
    ["is empty", "plants.ndjson", "\n", "plants.ndjson, line 1: the file is empty."],
    ["is empty", "plants.json", "", "plants.json, line 1: the file is empty."],
    ["is cut", "plants.csv", "1;Rose;1\n2;Elm", "plants.csv ends in the middle of line 2 (2 of 3 columns)."],
    [
      "is cut",
      "plants.ndjson",
      '{"Id":1}\n{"Id":',
      "plants.ndjson ends in the middle of line 2 (is not valid JSON",
    ],
    [
      "is cut",
      "plants.json",
      '[{"Id":1},\n{"Id":',
      "plants.json, line 2: the file ends before the list does.",
    ],
    ["is of another dialect", "plants.csv", "1,Rose,1\n2,Elm,1\n", "Every line of plants.csv was refused."],
    ["is of another format", "plants.ndjson", "1;Rose;1\n", "Every line of plants.ndjson was refused."],
    ["is of another format", "plants.json", '{"Id":1}\n', "plants.json, line 1: this is no JSON list."],
    ["has other keys", "plants.json", '[{"id":1}]', "has none of the keys Id, Common Name, Height"],
  ])("%s: %s", async (_what, file, text, message) => {
    const others = { "plants.csv": csv, "plants.ndjson": lines, "plants.json": list };
    await expect(importPlants({ ...others, [file]: text })).rejects.toThrow(message);
    expect(await readPlants()).toEqual([]);
  });
});
