import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

/** These write the files of sql/, which name what they like. */
const generators = ["src/migrations/capture-triggers.ts", "src/migrations/print-touched.ts"];

/** The tables that the migrations of the engine make, and leave. */
async function readEngineTables(): Promise<readonly string[]> {
  const folder = "sql/migrations/core";
  const texts = await Promise.all(
    (await readdir(folder)).map((file) => readFile(join(folder, file), "utf8")),
  );
  const all = texts.join("\n");
  const dropped = new Set([...all.matchAll(/^ *drop table (\w+);/gm)].map(([, name]) => name));
  return [...all.matchAll(/^create table if not exists (\w+)/gm)]
    .map(([, name]) => `${name}`)
    .filter((name) => !dropped.has(name));
}

/** A source without its comments, which may say what they like. */
const withoutComments = (source: string): string => source.replace(/^\s*(?:\/?\*|\/\/).*$/gm, "");

/** The tables that a text names as SQL does: behind a word after which a table comes. */
const namedIn = (text: string, tables: readonly string[]): readonly string[] =>
  tables.filter((table) =>
    new RegExp(
      `\\b(?:from|join|into|update|table|replace|truncate|exists)\\s+\`?${table}\\b\`?(?!\\.ts)`,
      "i",
    ).test(text),
  );

test("a table of the engine is named in SQL by its owner only: src/core", async () => {
  const tables = await readEngineTables();
  expect(tables).toContain("vitrine_state");
  expect(tables).toContain("vitrine_import_reject");
  const owners: string[] = [];
  const others: string[] = [];
  for (const name of await readdir("src", { recursive: true })) {
    const file = join("src", name);
    if (!/\.tsx?$/.test(file) || generators.includes(file)) continue;
    const found = namedIn(withoutComments(await readFile(file, "utf8")), tables);
    for (const table of found) (file.startsWith("src/core/") ? owners : others).push(`${file} ${table}`);
  }
  // All are found there, so that nothing is missed elsewhere.
  expect(tables.filter((table) => !owners.some((owner) => owner.endsWith(` ${table}`)))).toEqual([]);
  expect(others).toEqual([]);
});
