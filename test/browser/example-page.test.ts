import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLogger } from "../../src/log.ts";
import { createLoader, loaderConnections } from "../../src/mirror/loader.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { openGatewayAtScale, type TestGateway } from "../integration/graphql/gateway.ts";
import { findBarriers } from "./accessibility.ts";
import { type ExamplePage, openExamplePage } from "./example-page.ts";
import { type FreshBrowser, openBrowser, visit } from "./visit.ts";

let gateway: TestGateway;
let example: ExamplePage;
let browser: FreshBrowser;
/** A customer, where it lives, and two products, one of which has three pieces left. */
let customerId: number;
let state: string;
let scarce: number;
let plenty: number;
beforeAll(async () => {
  gateway = await openGatewayAtScale(0.01, async () => undefined);
  const { admin } = gateway.database;
  const [customer] = await admin.query<{ id: number; state: string }>(
    "select c.customer_id as id, z.state from customer c join city z on z.zip = c.zip order by c.customer_id limit 1",
  );
  customerId = Number(customer?.id);
  state = customer?.state ?? "";
  const products = await admin.query<{ id: number }>(
    "select product_id as id from product order by product_id limit 2",
  );
  [scarce, plenty] = products.map(({ id }) => Number(id)) as [number, number];
  await admin.run("update product set available_quantity = if(product_id = ?, 3, 1000)", [scarce]);
  example = await openExamplePage(gateway.server.url);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await example?.close();
  await gateway?.close();
});

const open = () => visit(browser.context, example.url, "td");
const orders = (page: Page) => page.getByRole("region", { name: "Orders" }).locator("tbody tr");
const numbers = async (page: Page) =>
  (await orders(page).locator("td:first-child").allTextContents()).map(Number);
const field = (page: Page, name: string) => page.getByLabel(name);
const sell = (page: Page) => page.getByRole("button", { name: "Sell" }).click();
/** What stands at a field, as a screen reader says it. */
const refusalAt = async (page: Page, name: string) => {
  const input = field(page, name);
  await expect.poll(() => input.getAttribute("aria-invalid")).toBe("true");
  const note = await input.getAttribute("aria-describedby");
  return page.locator(`#${note}`).textContent();
};

/** Lets a loader keep the mirror while `work` runs. */
async function whileFollowed(work: () => Promise<void>): Promise<void> {
  const { mariadbUrl, mongo, project } = gateway.database;
  const models = project.domains.flatMap((domain) => domain.models);
  const db = openMariaDb(mariadbUrl, { size: loaderConnections });
  const stop = new AbortController();
  const running = createLoader({ db, mongo, models, logger: createLogger("silent") }).run(stop.signal);
  try {
    await work();
  } finally {
    stop.abort();
    await running.catch(() => undefined);
    await db.close();
  }
}

describe("The example of a front end", () => {
  test("is a small page: what a browser loads of it stays below 200 KB, compressed", async () => {
    const folder = join(example.outDir, "assets");
    const names = await readdir(folder);
    const sizes = await Promise.all(
      names.map(async (name) => gzipSync(await readFile(join(folder, name))).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
  });

  test("shows orders in pages that follow each other", async () => {
    const { page, complaints } = await open();
    const first = await numbers(page);
    expect(first).toHaveLength(10);
    await page.getByRole("button", { name: "Older orders" }).click();
    await expect.poll(() => orders(page).count()).toBe(20);
    const both = await numbers(page);
    expect(both.slice(0, 10)).toEqual(first);
    const rows = await gateway.database.admin.query<{ id: number }>(
      "select order_id as id from `order` order by order_id desc limit 20",
    );
    expect(both).toEqual(rows.map(({ id }) => Number(id)));
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("shows each refusal of a sale at the field that it belongs to", async () => {
    const { page, complaints } = await open();
    await field(page, "Customer").fill("999999");
    await field(page, "Product 1").fill(String(plenty));
    await sell(page);
    expect(await refusalAt(page, "Customer")).toBe("There is no customer 999999.");

    await field(page, "Customer").fill(String(customerId));
    await page.getByRole("button", { name: "Another line" }).click();
    await field(page, "Product 2").fill("999999");
    await sell(page);
    expect(await refusalAt(page, "Product 2")).toBe("There is no product 999999.");
    expect(await field(page, "Customer").getAttribute("aria-invalid")).toBe("false");

    await field(page, "Product 2").fill(String(scarce));
    await field(page, "Quantity 2").fill("4");
    await sell(page);
    expect(await refusalAt(page, "Quantity 2")).toContain("Not enough in stock");
    expect(await field(page, "Quantity 1").getAttribute("aria-invalid")).toBe("false");
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("shows a sale in the list at once, while the mirror does not have it, and in the shipments when it has", async () => {
    const { page, complaints } = await open();
    const row = page
      .getByRole("row")
      .filter({ has: page.getByRole("rowheader", { name: state, exact: true }) });
    await page.getByText("live", { exact: true }).waitFor();
    const waiting = async () =>
      (await row.count()) === 0 ? 0 : Number(await row.locator("td").first().textContent());
    const before = await waiting();
    const [newest = 0] = await numbers(page);

    await field(page, "Customer").fill(String(customerId));
    await field(page, "Product 1").fill(String(plenty));
    await sell(page);
    const status = page.getByRole("status");
    await expect.poll(() => status.textContent()).toMatch(/^Order \d+ is placed: \$[\d,.]+\.$/);
    const sold = Number(/\d+/.exec((await status.textContent()) ?? "")?.[0]);
    expect(sold).toBeGreaterThan(newest);
    expect((await numbers(page))[0]).toBe(sold);
    // Nobody follows the shop: what is live is what the mirror has.
    expect(await waiting()).toBe(before);

    await whileFollowed(() => expect.poll(waiting, { timeout: 30_000 }).toBe(before + 1));
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("fits a telephone", async () => {
    const { page } = await open();
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await page.close();
  });
});
