import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkModels } from "../../../src/migrations/check-models.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { joinId, splitId } from "../../../src/stores/conversion/composite-id.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readRecipes } from "../../support/how-to-recipes.ts";

const page = "reference/definition-language.md";
const text = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), "utf8");

let db: TestDatabase;
let reader: MariaDb;
let folder: string;
beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  reader = openMariaDb(db.mariadbUrl);
  folder = mkdtempSync(join(tmpdir(), "vitrine-language-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await reader?.close();
  await db?.close();
});

/** The rows of the table below a heading, each cell without its back quotes. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const part = text.split(/^## /m).find((one) => one.startsWith(heading)) ?? "";
  return part
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => [...line.matchAll(/`([^`]*)`/g)].map(([, code = ""]) => code));
}

const front = new URL("../../../src/index.ts", import.meta.url).href;

async function define(name: string, code: string): Promise<DocumentModel> {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, code);
  const module: Record<string, DocumentModel> = await import(pathToFileURL(file).href);
  const [model] = Object.values(module);
  if (!model) throw new Error(`${name} exports nothing.`);
  return model;
}

const everything = { where: null, orderBy: [], after: null, before: null, limit: 100, fromEnd: false };
const readAll = (model: DocumentModel) => createLiveStore(reader).findPage(model, everything);

const types = rowsBelow("Fields by type");

test("the page has a row for each type of MariaDB that a table may have", () => {
  const told = new Set(types.map(([type = ""]) => type.replace(/\W.*/, "")));
  for (const type of ["bit", "blob", "enum", "geometry", "inet6", "json", "set", "time", "uuid", "year"])
    expect(told).toContain(type);
  expect(types.length).toBeGreaterThan(35);
});

test.each(types.map((row, at) => [row[0], row[2], at, row] as const))(
  "%s shown as %s is the value that the page says (%i)",
  async (type = "", sql = "", at, [, field = "", , value = "", json = ""]) => {
    await db.admin.query(`create table t${at} (row_no int not null primary key, c ${type} not null);
      insert into t${at} values (1, ${value});
      create view v${at} as select row_no, ${sql} as c from t${at}`);
    const kinds =
      "bigint, boolean, date, dateTime, decimal, defineModel, enumeration, int, list, object, string";
    const model = await define(
      `v${at}`,
      `import { ${kinds} } from ${JSON.stringify(front)};
      export const model = defineModel({ name: "v${at}", typeName: "V${at}", description: "A row.", key: "rowNo",
        fields: { rowNo: int("Its number."), c: ${field} } });`,
    );
    expect(await checkModels(db.admin, [model])).toEqual([]);
    expect(await readAll(model)).toEqual([{ rowNo: 1, c: JSON.parse(json) }]);
  },
);

test("a key of several columns is as the page shows it", async () => {
  const [code, sql, json] = ["ts", "sql", "json"].map(
    (language) => readRecipes(page).find((one) => one.heading === "Keys" && one.language === language)?.code,
  );
  await db.admin.query(sql ?? "");
  const model = await define("salaries", (code ?? "").replace('"vitrine"', JSON.stringify(front)));
  expect(await checkModels(db.admin, [model])).toEqual([]);
  expect(await readAll(model)).toEqual(JSON.parse(json ?? ""));
});

test.each(rowsBelow("Keys"))("%s is in an id what the page says", async (field, sql, value, id) => {
  const rows = await db.admin.query<{ id: string }>(
    `select concat(${sql}) as id from (select ${value} as c) as one`,
  );
  expect(String(rows[0]?.id)).toBe(id);
  const model = await define(
    `part ${field.replaceAll(/\W/g, "")}`,
    `import * as language from ${JSON.stringify(front)}; const { defineModel, ${field.split("(")[0]} } = language;
    export const model = defineModel({ name: "p", typeName: "P", description: "A row.", key: ["c"], fields: { c: ${field} } });`,
  );
  const parts = [model.fields.c] as Parameters<typeof splitId>[0];
  expect(joinId(parts, splitId(parts, id) ?? [])).toBe(id);
});
