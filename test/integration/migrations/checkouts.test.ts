import { expect, onTestFinished, test } from "vitest";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { defineProject } from "../../../src/models/project.ts";
import { sha256 } from "../../../src/sha256.ts";
import { openTestDatabase } from "../../support/database.ts";
import { createSqlFolder } from "../../support/sql-folder.ts";

const table = "migrations/shop/0001-tables.sql";
const texts = {
  [table]: "create table if not exists item (item_id int primary key, price int not null);\n-- so\n",
  "views/shop/b_price.sql":
    "create or replace sql security invoker view b_price as\nselect item_id, price from item;\n",
};

test.each([
  ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
  ["a byte order mark", (text: string) => `\u{feff}${text}`],
  ["both", (text: string) => `\u{feff}${text.replaceAll("\n", "\r\n")}`],
])("a checkout with %s is not edited, and nothing is applied again", async (_what, toForm) => {
  const folder = await createSqlFolder(texts);
  onTestFinished(() => folder.close());
  const domains = [{ name: "shop", description: "shop", models: [], captured: [] }];
  const project = defineProject({ sql: "sql", domains });
  const db = await openTestDatabase({ project, sqlDir: folder.dir, migrate: false });
  onTestFinished(() => db.close());
  const up = async () => {
    const steps = await migrateUp({ admin: db.admin, sqlDir: folder.dir, domains });
    return steps.filter((step) => step.action !== "grant");
  };
  await up();
  const formed = Object.entries(texts).map(([file, text]) => [file, toForm(text)]);
  await folder.write(Object.fromEntries(formed));
  expect(await up()).toEqual([]);
  // Earlier releases noted the hash of what lay there.
  await db.admin.run("update vitrine_migration set hash = ? where name = ?", [
    sha256(toForm(texts[table] ?? "")),
    table,
  ]);
  expect(await up()).toEqual([]);
  await folder.write(texts);
  expect(await up()).toEqual([]);
  await folder.write({ [table]: `${texts[table]}-- and so\n` });
  await expect(up()).rejects.toThrow(/the text has changed/);
});
