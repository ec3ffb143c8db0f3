import { execFile } from "node:child_process";
import { readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadProject } from "../../../src/load-project.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  expectedColumns,
  findProblems,
  parseExactly,
  readColumns,
  readDocuments,
} from "../../support/model-contract.ts";
import { copyGarden, type ProjectCopy } from "../../support/project-copy.ts";

const bin = fileURLToPath(new URL("../../../bin/vitrine.mjs", import.meta.url));

/** What a generated model cannot show as it is, in a row each. */
const tables = `
create table if not exists odd_name (
  odd_id int not null primary key, doc json null, note_1 varchar(10), note1 varchar(10), document varchar(20),
  document_id int, \`größe\` int, _secret int, \`2fa\` varchar(10), \`unit price\` decimal(10,2), \`OrderID\` int,
  definer varchar(20), \`select\` int,
  key a (document), key b (document_id), key c (\`größe\`), key d (\`OrderID\`), key e (\`select\`)
);
create table if not exists odd_type (
  \`stock no\` varchar(20) not null primary key, \`it's "x"\` varchar(20), b bit(1), f float, u bigint unsigned,
  z int(5) zerofill, t time, d decimal(40,2), at datetime(6)
);
create table if not exists \`group\` (group_id int not null primary key, size int not null, key a (size));
insert ignore into \`group\` values (1, 20);
insert ignore into odd_name values (1, '{"a": 1}', 'a', 'b', 'x', 7, 5, 6, 'no', 9.50, 8, 'me', 3);
insert ignore into odd_type
values ('7 "a"', 'y', 1, 0.5, 1, 1, '10:00', 1.25, '2024-02-29 10:00:00.123456');
`;
const names = ["odd_name", "odd_type"];

let copy: ProjectCopy;
let removeCopy: (() => Promise<void>) | undefined;
let db: TestDatabase;
let vitrine: (...args: readonly string[]) => Promise<{ stdout: string; stderr: string }>;
beforeAll(async () => {
  copy = await copyGarden((remove) => {
    removeCopy = remove;
  });
  db = await openTestDatabase({ migrate: false });
  const env = {
    ...process.env,
    MARIADB_URL: db.mariadbUrl,
    MONGODB_URL: db.mongodbUrl,
    VITRINE_PROJECT: copy.projectFile,
  };
  vitrine = (...args) => promisify(execFile)(process.execPath, [bin, ...args], { env, cwd: copy.dir });
  await copy.write(
    "sql/migrations/garden/0099-odd-tables.sql",
    `-- Tables as they are elsewhere.\n${tables}`,
  );
  await vitrine("migrate", "up");
}, 120_000);
afterAll(async () => {
  await db?.close();
  await removeCopy?.();
});

const newModel = (table: string, name = `${table}_list`) => vitrine("model", "new", name, "--table", table);

test("a model of a table with columns that no field can show as they are loads, and says what it leaves open", async () => {
  const { stdout } = await newModel("odd_name");
  expect(stdout).toContain(`To be decided, where the definition says \`decide:\`
  note1: note1 is left out: its field would be note1, as that of note_1
  2fa: 2fa is left out: no field can have this name; give it one
  doc: a text of JSON; declare its parts as fields, or show it as a text
Added to src/domains/garden/models/index.ts`);
  const types = (await newModel("odd_type")).stdout;
  for (const column of "fzd") expect(types).toMatch(new RegExp(`^ {2}${column}: `, "m"));
  for (const [file, text] of [
    ["src/domains/garden/models/odd-name-list.ts", "// decide: note1"],
    ["sql/views/garden/odd_name_list.sql", "-- To be decided: "],
  ] as const)
    expect(await readFile(join(copy.dir, file), "utf8")).toContain(text);
  await vitrine("migrate", "up");

  const { domains } = await loadProject(copy.projectFile);
  const models = new Map<string, DocumentModel>(
    domains.flatMap((domain) => domain.models).map((model) => [model.name, model]),
  );
  const documents: Record<string, unknown> = {};
  for (const name of names) {
    const model = models.get(`${name}_list`);
    if (!model) throw new Error(`${name}_list is no model of the project.`);
    expect(await readColumns(db.admin, model.name), name).toEqual(expectedColumns(model));
    for (const [id, text] of await readDocuments(db.admin, model)) {
      expect(findProblems(model.fields, parseExactly(text)), name).toEqual([]);
      documents[`${name} ${id}`] = JSON.parse(text);
    }
  }
  expect(documents).toEqual({
    "odd_name 1": {
      oddId: 1,
      doc: '{"a": 1}',
      note1: "a",
      document: "x",
      documentId: 7,
      grosse: 5,
      secret: 6,
      unitPrice: 9.5,
      orderId: 8,
      definer: "me",
      select: 3,
    },
    'odd_type 7 "a"': {
      ...{ stockNo: '7 "a"', itSX: "y", b: true, u: 1, t: "10:00:00", d: "1.25" },
      at: "2024-02-29T10:00:00.123Z",
    },
  });
  expect((await vitrine("model", "check")).stdout).toBe("Every view is as its model is defined.\n");
  await db.admin.query(
    "create or replace view odd_type_list as select `stock no` as stock_no, 1 as surplus from odd_type",
  );
  await expect(vitrine("model", "check", "odd_type_list")).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /^odd_type_list\.it_s_x is missing: the view needs it for the field itSX\.\n(?:.*\n)*odd_type_list\.surplus is shown by no field/,
    ),
  });
  await vitrine("migrate", "up");
  // A change is found by a key whose name is no plain word.
  const touched = "select document_id as id from odd_type_list_touched_by_odd_type where change_id > ?";
  const [last] = await db.admin.query(
    "select coalesce(max(vitrine_id), 0) as id from vitrine_change_odd_type",
  );
  await db.admin.run("update odd_type set `it's \"x\"` = 'z'");
  expect(await db.admin.query(touched, [last?.id])).toEqual([{ id: '7 "a"' }]);
}, 180_000);

test.each([
  ["class", /definition would not load/],
  ["gardener_plant", /project would not load with gardener_plant/],
  ["plant", /has a table plant already\. Choose another name, such as plants\./],
])(
  "the model %s, which would not load, leaves nothing behind",
  async (name, message) => {
    const before = await listFiles();
    await expect(newModel("odd_name", name)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
    expect(await listFiles()).toEqual(before);
  },
  60_000,
);

test("a table that is called by an SQL word has a model in the plural, whose type is in the singular", async () => {
  await newModel("group", "groups");
  const text = await readFile(join(copy.dir, "src/domains/garden/models/groups.ts"), "utf8");
  expect(text).toContain('name: "groups",\n  typeName: "Group",');
  await vitrine("migrate", "up");
  expect((await vitrine("model", "check", "groups")).stdout).toBe("Every view is as its model is defined.\n");
  expect(await db.admin.query("select group_id, size from `groups`")).toEqual([{ group_id: 1, size: 20 }]);
}, 120_000);

test("a command that fails half-way takes back what it has written", async () => {
  // Looks as if nothing were there, and cannot be written.
  await symlink("nowhere", join(copy.dir, "src/domains/garden/models/half-way.ts"));
  const before = await listFiles();
  await expect(newModel("odd_name", "half_way")).rejects.toMatchObject({
    code: 74,
    stderr: expect.stringMatching(/half-way\.ts cannot be written.*\[FILE_FAILED\]/),
  });
  expect(await listFiles()).toEqual(before);
}, 60_000);

/** Every file of the project, and the list of models. */
async function listFiles(): Promise<readonly string[]> {
  const files: string[] = [];
  for (const folder of ["sql/views/garden", "src/domains/garden/models"])
    files.push(...(await readdir(join(copy.dir, folder))));
  return [...files.sort(), await readFile(join(copy.dir, "src/domains/garden/models/index.ts"), "utf8")];
}
