import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addAnalyst, listAnalysts, removeAnalyst } from "../../../src/migrations/analyst-accounts.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readRecipes } from "../../support/how-to-recipes.ts";
import { runVitrine } from "../../support/run-vitrine.ts";
import { createShop } from "../../support/shop.ts";

/** Every recipe of docs/how-to/bi-tools.md that can run on this machine, as it is written, as an analyst. */
const run = promisify(execFile);
const recipes = readRecipes("how-to/bi-tools.md");
const recipeOf = (heading: string, language: string): string => {
  const found = recipes.find((one) => one.heading === heading && one.language === language);
  if (!found) throw new Error(`${heading} has no recipe in ${language}.`);
  return found.code;
};

let db: TestDatabase;
let folder: string;
let name: string;
let url: URL;
let analyst: MariaDb;

beforeAll(async () => {
  db = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "vitrine-bi-"));
  const shop = await createShop(db.admin);
  await shop.city("90001", "Los Angeles", "CA", "0.09500");
  await shop.customer("Ann");
  await shop.customer("Bob", { zip: "90001" });
  await shop.product("Chair", "19.99");
  await shop.product("Tab\tle", "100.10");
  await shop.sale("Ann", [["Chair", 3]]);
  await shop.sale("Bob", [["Tab\tle", 2]], { placed: "2024-06-02 10:00:00.000" });
  await shop.sale("Bob", [["Chair", 1]], { cancelled: true });
  // Accounts are the server's, which tests share.
  name = `${db.admin.database}_ann`;
  const { stdout } = await vitrine("user", "add", name, "--role", "analyst", "--json");
  url = new URL((JSON.parse(stdout) as { url: string }).url);
  analyst = openMariaDb(url.href);
});
afterAll(async () => {
  await analyst?.close();
  if (db) await db.admin.query(`drop user if exists ${name}@'%'`);
  await db?.close();
  await rm(folder, { recursive: true, force: true });
});

const vitrine = (...args: readonly string[]) => runVitrine(db, join(folder, "data"), args);

/** The recipe with this server's address in the place of that in the page. */
const here = (code: string): string =>
  code
    .replaceAll("db.example", url.hostname)
    .replaceAll("3306", url.port)
    .replaceAll("ann:PASSWORD", `${url.username}:${url.password}`)
    .replaceAll("PASSWORD", url.password)
    .replaceAll("--user=ann", `--user=${url.username}`)
    .replaceAll("/shop", url.pathname)
    .replaceAll(/(?<=--password=\S+ )shop\b/g, url.pathname.slice(1));

const shell = (code: string) => run("sh", ["-ec", here(code)], { cwd: folder });

test("an account of an analyst is made, told once, listed, and never made twice", async () => {
  const again = await vitrine("user", "add", name, "--role", "analyst");
  expect(again.code).toBe(2);
  expect(again.stderr).toContain(`There is an account ${name} already.`);
  const { admin, project } = db;
  await expect(addAnalyst(admin, "x'; drop", project.domains)).rejects.toMatchObject({ code: "USAGE" });
  await expect(removeAnalyst(admin, "vitrine_admin")).rejects.toThrow(/No analyst is called vitrine_admin/);
  const second = `${name}_2`;
  await addAnalyst(admin, second, project.domains);
  const { stdout } = await vitrine("user", "list");
  expect(stdout).toContain(`${second}  analyst\n`);
  expect(stdout).not.toContain(url.password);
  await removeAnalyst(admin, second);
  expect(await listAnalysts(admin)).not.toContain(second);
});

test("the analyst reads every flat view of the project, none of which shows a personal column", async () => {
  const views = await analyst.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = database() order by table_name",
  );
  // What an account may not read it does not see.
  expect(views.length).toBeGreaterThan(10);
  expect(views.filter((one) => !one.name.startsWith("bi_"))).toEqual([]);
  const columns = await analyst.query<{ column: string }>(
    "select concat(table_name, '.', column_name) as `column` from information_schema.columns where table_schema = database()",
  );
  const told = /first|last_name|email|phone|address|birth|zip|contact|ac_number|staff_name|manager/;
  expect(columns.map(({ column }) => column).filter((one) => told.test(one))).toEqual([]);
  for (const one of views) await analyst.query(`select count(*) from ${one.name}`);
  for (const table of ["customer", "v_customers", "order_details", "staff", "vitrine_run"])
    await expect(analyst.query(`select 1 from ${table}`), table).rejects.toThrow(/denied/);
  expect(
    await analyst.query("select customer_id, state, orders, segment from bi_customers order by 1"),
  ).toEqual([
    { customer_id: 1, state: "TX", orders: "1", segment: "R3F1M1" },
    { customer_id: 2, state: "CA", orders: "1", segment: "R3F1M1" },
  ]);
});

test("the client of MariaDB", async () => {
  const { stdout } = await shell(recipeOf("The client of MariaDB", "sh"));
  expect(stdout).toMatch(/CA +\| +1 \| +200\.20 \|\n\| TX +\| +1 \| +59\.97 \|/);
});

test("a spreadsheet's file, which DuckDB reads too", async () => {
  await shell(recipeOf("Spreadsheets", "sh"));
  const lines = (await readFile(join(folder, "sales.tsv"), "utf8")).trimEnd().split("\n");
  expect(lines).toEqual([
    "placed_on\tstate\tcity\tproduct_name\tunits\trevenue",
    "2024-05-01\tTX\tHouston\tChair\t3\t59.97",
    "2024-06-02\tCA\tLos Angeles\tTab\\tle\t2\t200.20",
  ]);
  const duck = await (await DuckDBInstance.create()).connect();
  const query = recipeOf("DuckDB", "duckdb").replace("sales.tsv", join(folder, "sales.tsv"));
  const rows = await (await duck.runAndReadAll(query)).getRowsJson();
  expect(rows[0]).toEqual(["CA", "Tab\\tle", "200.20"]);
  duck.closeSync();
});

test.each(["Metabase", "Superset", "Grafana"])("the question of %s", async (heading) => {
  // As Grafana's source of MySQL writes its macros out.
  const query = recipeOf(heading, "sql")
    .replace(/\$__timeGroupAlias\((\w+), '1d'\)/, "unix_timestamp($1) div 86400 * 86400 as `time`")
    .replace(/\$__timeFilter\((\w+)\)/, "$1 between from_unixtime(1704067200) and from_unixtime(1735689600)");
  const rows = await analyst.query(query);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows).toMatchSnapshot();
});

/** Python with the packages that the page names: made once, in the folder of the test servers. */
async function findPython(): Promise<string> {
  const venv = fileURLToPath(new URL("../../../.vitrine/recipes-python", import.meta.url));
  const python = join(venv, "bin/python3");
  if (!existsSync(join(venv, "ready"))) {
    await run("python3", ["-m", "venv", "--clear", venv]);
    const packages = ["pandas==3.1.1", "sqlalchemy==2.1.9", "pymysql==1.2.4", "duckdb==2.0.1"];
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
    await run("touch", [join(venv, "ready")]);
  }
  return python;
}

test("pandas and DuckDB in Python", { timeout: 600_000 }, async () => {
  const python = await findPython();
  const say = async (heading: string) => {
    const { stdout } = await run(python, ["-c", here(recipeOf(heading, "python"))], { cwd: folder });
    return stdout;
  };
  const byMonth = await say("pandas");
  expect(byMonth).toMatch(/2024-05 +NaN +59\.97\n2024-06 +200\.2 +NaN/);
  expect(await say("DuckDB")).toMatch(/CA +│ +200\.20? │[\s\S]*TX +│ +59\.97 │/);
});

test("each recipe of the page runs here, or is known not to", () => {
  const tried = ["sh", "python", "duckdb", "sql"];
  const others = recipes.filter(({ language }) => !tried.includes(language));
  // R is not on this machine; the last is no recipe.
  expect(others.map(({ heading }) => heading)).toEqual(["R", "A view of your own"]);
});
