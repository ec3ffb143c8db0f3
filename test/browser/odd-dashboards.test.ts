import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDashboardPage } from "../../src/dashboards/dashboard-page.ts";
import { createServer, type Server } from "../../src/graphql/server.ts";
import { openTestGateway, type TestGateway } from "../integration/graphql/gateway.ts";
import { type FreshBrowser, openBrowser, visit } from "./visit.ts";

/** Specs that pass for one when the server starts, and cannot be drawn: each beside its tile. */
const specs = {
  "A mark that there is not": { mark: "nonsense", encoding: { x: { field: "state" } } },
  "A text for a number": { mark: "bar", encoding: { y: { field: "state", type: "quantitative" } } },
  "A column by expression": {
    mark: "bar",
    transform: [{ calculate: "datum.gone.away", as: "x" }],
    encoding: { x: { field: "x", type: "quantitative" }, y: { field: "state", type: "nominal" } },
  },
  "Script in an expression": {
    mark: "bar",
    transform: [{ calculate: "alert('hacked') || constructor.constructor('window.hacked = 1')()", as: "x" }],
    encoding: { x: { field: "x", type: "quantitative" }, y: { field: "state", type: "nominal" } },
  },
  "A good one": {
    mark: "bar",
    encoding: { x: { field: "state", type: "nominal" }, y: { field: "orders", type: "quantitative" } },
  },
};
const units = { orders: "orders" };

let dir: string;
let gateway: TestGateway;
let server: Server;
let browser: FreshBrowser;
const warned: unknown[] = [];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "vitrine-odd-"));
  await mkdir(join(dir, "odd"));
  const write = (name: string, content: unknown) =>
    writeFile(join(dir, "odd", name), JSON.stringify(content));
  await writeFile(join(dir, "odd/sales.graphql"), "{ sales(groupBy: [STATE]) { state orders } }");
  const tiles = Object.keys(specs).map((title, index) => ({
    title,
    spec: `${index}.vl.json`,
    size: "wide",
    operation: "sales.graphql",
    units,
  }));
  for (const [index, spec] of Object.values(specs).entries()) await write(`${index}.vl.json`, spec);
  await write("odd.json", { title: "Odd", tiles });
  await write("wrong.json", {
    title: "Wrong",
    tiels: [],
    tiles: [{ title: "T", operation: "sales.graphql", size: "<b>big</b>" }],
  });
  gateway = await openTestGateway();
  const domains = [{ name: "shop", dashboards: "odd" }] as never;
  const page = await createDashboardPage({ domains }, dir, {
    schema: gateway.options.schema,
    logger: { warn: (line: unknown) => void warned.push(line) } as never,
  });
  server = await createServer({ ...gateway.options, pages: [page] });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await gateway?.close();
  await rm(dir, { recursive: true, force: true });
});

const open = async () => visit(browser.context, new URL("/dashboard", server.url).href, "svg.marks");
const tileOf = (page: Page, title: string) =>
  page.locator(".tile").filter({ has: page.getByRole("heading", { name: title, exact: true }) });

test("a file with wrong fields is named with all of them, in the log and on the page, and the others are shown", async () => {
  const { page } = await open();
  const faults = page.getByRole("region", { name: "Files with faults" });
  const problems = await faults.locator("li").allTextContents();
  expect(problems).toEqual([
    expect.stringMatching(/^tiles\.0\.size: /),
    expect.stringMatching(/^file: .*"tiels"/),
  ]);
  expect(await faults.locator("h3").textContent()).toBe(join("odd", "wrong.json"));
  expect(warned).toEqual([{ file: join("odd", "wrong.json"), problems }]);
  await tileOf(page, "A good one").locator("svg.marks").waitFor();
  await page.close();
});

test.each(["A mark that there is not", "A text for a number", "A column by expression"])(
  "a spec that does not fit its rows says so, and its table is open: %s",
  async (title) => {
    const { page, complaints } = await open();
    const tile = tileOf(page, title);
    await tile.getByRole("alert").waitFor();
    expect(await tile.getByRole("alert").textContent()).toMatch(/^The chart does not fit its rows\. ./);
    expect(await tile.locator("table tbody tr").count()).toBeGreaterThan(1);
    expect(await tile.locator("table").isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  },
);

test("an expression of a spec reads its rows and nothing else", async () => {
  const { page } = await open();
  await tileOf(page, "Script in an expression").getByRole("alert").waitFor();
  expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  await page.close();
});
