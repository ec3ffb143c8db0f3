import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { printTests } from "../../../src/migrations/init-texts.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runVitrine } from "../../support/run-vitrine.ts";

const front = new URL("../../../src/index.ts", import.meta.url).href;
let db: TestDatabase;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "vitrine-tests-"));
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  };
  write(
    "vitrine.config.ts",
    `import { claim, defineAccess, defineDomain, defineModel, defineProject, int, string } from "${front}";
const shelf = defineModel({ name: "shelf", typeName: "Shelf", description: "A shelf.", key: "shelfId",
  fields: { shelfId: int("Number."), label: string("What is on it.") } });
const access = defineAccess({ roles: {
  clerk: { description: "Sees all.", models: "all" },
  guest: { description: "Sees no label.", models: { shelf: { except: ["label"] } } },
  tenant: { description: "Has one shelf.", models: { shelf: { where: { shelfId: { eq: claim("shelf") } } } } },
} });
export default defineProject({ sql: "sql", domains: [defineDomain({ name: "shed", description: "A shed.",
  models: [shelf], examples: "examples", access })] });
`,
  );
  write(
    "sql/migrations/shed/0001-tables.sql",
    "create table if not exists shelves (shelf_id int primary key, label varchar(20) not null);\n",
  );
  write(
    "sql/views/shed/shelf.sql",
    `-- purpose: what is where
-- grain: one row per row of shelves
-- reads: shelves
-- model: shelf
create or replace sql security invoker view shelf as
select
    shelves.shelf_id,
    shelves.label
from shelves;
`,
  );
  write("examples/all.graphql", "{ shelfConnection(first: 5) { nodes { label } } }\n");
  write("examples/write.graphql", "mutation Never { __typename }\n");
  write(
    "test/shelves.test.ts",
    `import assert from "node:assert/strict";
import { test } from "node:test";
test("the first shelf has nails", async () => {
  const query: string = "{ shelf(id: 1, source: MIRROR) { label } }";
  const response = await fetch(process.env.VITRINE_TEST_URL ?? "", { method: "POST",
    headers: { "content-type": "application/json" }, body: JSON.stringify({ query }) });
  assert.deepEqual((await response.json()).data, { shelf: { label: "nails" } });
});
`,
  );
  write("package.json", `{ "type": "module" }\n`);
  // As init writes it for every project.
  write("test/documents.test.js", printTests([{ typeName: "Shelf" }]));
  const { default: project } = await import(join(dir, "vitrine.config.ts"));
  db = await openTestDatabase({ project, sqlDir: join(dir, "sql") });
  await db.admin.run("insert into shelves values (1, 'nails'), (2, 'oil')");
});
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await db?.close();
});

const run = (env: Readonly<Record<string, string>> = {}) => vitrine(["test"], env);
const vitrine = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runVitrine(db, join(dir, "data"), args, {
    ...{ VITRINE_PROJECT: join(dir, "vitrine.config.ts"), NODE_ENV: "" },
    ...{ MARIADB_READER_URL: db.urls.reader, MARIADB_LOADER_URL: db.urls.loader, ...env },
  });

test("a project is tested on its own servers: documents, examples, rights, and what its people wrote", async () => {
  const { code, stdout } = await run();
  for (const line of [
    "2 documents compared, 0 defects",
    "1 examples asked, 0 failed, 1 left alone since they write",
    "shelfConnection is the same from both stores",
    "the first shelf has nails",
  ])
    expect(stdout).toContain(line);
  expect(stdout).toMatch(/tables, of which the account of queries may write 0/);
  expect(code).toBe(0);
});

test("each role asks the examples: what its access has is answered, the rest refused, and a rule wants a key with its claims", async () => {
  const first = await run();
  for (const line of [
    "role clerk: 1 examples asked, 0 refused as access says, 0 failed",
    "role guest: 0 examples asked, 1 refused as access says, 0 failed",
    "role tenant: no example is asked, for no key of it has the claims of its rules (vitrine user add NAME --role tenant --key --claim shelf=…)",
  ])
    expect(first.stdout).toContain(line);
  const added = await vitrine(["user", "add", "tina", "--role", "tenant", "--key", "--claim", "shelf=1"]);
  expect(added).toMatchObject({ code: 0, stderr: "" });
  const second = await run();
  expect(second.stdout).toContain("role tenant: 1 examples asked, 0 refused as access says, 0 failed");
  expect(second.code).toBe(0);
});

test("what fails is named: a document that is not as its view, a test, an example, and an account of queries that may write", async () => {
  // Nothing logs it: the project has no triggers yet.
  await db.admin.run("update shelves set label = 'screws' where shelf_id = 1");
  writeFileSync(join(dir, "examples/gone.graphql"), "{ cupboard { label } }\n");
  writeFileSync(
    join(dir, "test/screws.test.js"),
    `import { test } from "node:test";\ntest("screws", () => { throw new Error("none"); });\n`,
  );
  const { code, stderr } = await run({ MARIADB_READER_URL: db.mariadbUrl });
  expect(code).toBe(1);
  for (const sentence of [
    /1 documents of the mirror are wrong, proven/,
    /The example shed\/gone fails: .*cupboard/,
    /The account of queries may write .*shelves/,
    /Tests of the project failed: .*screws\.test\.js/,
  ])
    expect(stderr).toMatch(sentence);
});
