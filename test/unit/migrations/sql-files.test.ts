import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSqlFiles } from "../../../src/migrations/sql-files.ts";
import { sha256 } from "../../../src/sha256.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vitrine-sql-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function read(files: Readonly<Record<string, string>>) {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), text);
  }
  return readSqlFiles(dir, ["shop"]);
}

const good = "create or replace sql security invoker view v as\nselect x from t;\n";

test("folders that are not there are empty; the engine's own files always come", async () => {
  const { versioned } = await read({});
  expect(versioned[0]?.name).toBe("migrations/core/0000-migration-tables.sql");
  expect(versioned.every((file) => file.domain === "core")).toBe(true);
});

test("a file that calls the engine's procedures is known by what it said when they had other names, and by nothing else", async () => {
  const now =
    "create table t (x int);\ncall vitrine_keep_versions('t');\ndrop table t_versions, vitrine_commit_time;\n";
  const before = "create table t (x int);\ncall keep_versions('t');\ndrop table t_versions, commit_time;\n";
  const { versioned } = await read({
    "migrations/shop/0001-t.sql": now,
    "migrations/shop/0002-u.sql": "do 0;\n",
  });
  const formerOf = (name: string) => versioned.find((file) => file.name.endsWith(name))?.formerHashes;
  expect(formerOf("0001-t.sql")).toContain(sha256(before));
  expect(formerOf("0001-t.sql")).toContain(sha256(before.replaceAll("\n", "\r\n")));
  expect(formerOf("0002-u.sql")).toHaveLength(4);
});

test("what the release before noted of the shop's file that calls them is still the hash of its text", async () => {
  const { versioned } = await readSqlFiles("sql", ["pos"]);
  const file = versioned.find(({ name }) => name === "migrations/pos/0007-history-by-time.sql");
  expect(file?.formerHashes).toContain("41ce58c3c129c37210b42a82176f10c758298970421a1b325c26c262dd499ae6");
});

test("an object is known by its text: kind, name, what it names", async () => {
  const { repeatable } = await read({
    "views/shop/v.sql": `-- create or replace view wrong\n${good}`,
    "triggers/shop/t_after_insert.sql":
      "create or replace trigger t_after_insert\nafter insert on `order` for each row do 0;\n",
    "procedures/shop/f.sql": "create or replace function `f`() returns int\nreturn 1;\n",
  });
  const own = repeatable.filter((file) => file.domain === "shop");
  expect(own.map((file) => [file.kind, file.object])).toEqual([
    ["function", "f"],
    ["view", "v"],
    ["trigger", "t_after_insert"],
  ]);
  expect(own[2]?.uses.has("order")).toBe(true);
});

test.each([
  ["migrations/shop/1-tables.sql", "do 0;", /must be named NNNN-what-it-does\.sql/],
  ["migrations/shop/0001-x.sql", "-- nothing\n", /has no statement/],
  ["migrations/shop/0001-x.sql", "delimiter //\nselect 1//", /DELIMITER/],
  ["views/shop/other.sql", good, /defines v; name the file v\.sql/],
  ["procedures/shop/v.sql", good, /defines a view; move it to views\/shop/],
  ["views/shop/v.sql", good.replace("sql security invoker ", ""), /sql security invoker/],
  ["views/shop/bi_v.sql", good.replace(" v ", " bi_v "), /bi_ is for analysts.*sql security definer/],
  ["views/shop/v.sql", good.replace("invoker", "definer"), /lend its author's rights/],
  ["views/shop/v.sql", good.replace("or replace ", ""), /must begin with/],
  ["views/shop/v.sql", good.replace("select x", "select *"), /name them/],
  ["views/shop/v.sql", good.replace("select x", "select t.*"), /name them/],
  ["views/shop/v.sql", good.replace("view", "definer = root view"), /definer/],
])("%s is refused: %s", async (file, text, message) => {
  await expect(read({ [file]: text })).rejects.toMatchObject({
    code: "MIGRATION_FAILED",
    message: expect.stringMatching(message),
    details: { file },
  });
});

test("a comment or a string may say what a statement may not", async () => {
  const text = `-- no definer, no select *\n${good.replace("select x", "select count(*), 'select * definer'")}`;
  expect((await read({ "views/shop/v.sql": text })).repeatable.some((file) => file.object === "v")).toBe(
    true,
  );
});

test("two files with one number are refused", async () => {
  await expect(
    read({ "migrations/shop/0001-a.sql": "do 0;", "migrations/shop/0001-b.sql": "do 0;" }),
  ).rejects.toThrow(/0001-b\.sql: has the same number as 0001-a\.sql/);
});

test("a checkout with CRLF or a byte order mark has the texts and hashes of the repository", async () => {
  const files = { "migrations/shop/0001-x.sql": "do 0;\n-- so\n", "views/shop/v.sql": good };
  const own = ({ versioned, repeatable }: Awaited<ReturnType<typeof read>>) => [
    ...versioned.filter((file) => file.domain === "shop").map(({ text, hash }) => ({ text, hash })),
    ...repeatable.filter((file) => file.domain === "shop").map(({ text }) => ({ text })),
  ];
  const expected = own(await read(files));
  const windows = Object.entries(files).map(([file, text]) => [
    file,
    `\u{feff}${text.replaceAll("\n", "\r\n")}`,
  ]);
  expect(own(await read(Object.fromEntries(windows)))).toEqual(expected);
});
