import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AgingGateway, openAgingGateway } from "../integration/graphql/aging-gateway.ts";
import { ask } from "../integration/graphql/gateway.ts";
import { type FreshBrowser, openBrowser, visit } from "./visit.ts";

let gateway: AgingGateway;
let browser: FreshBrowser;
beforeAll(async () => {
  gateway = await openAgingGateway();
  gateway.startLoader();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.close();
});

const today = (page: Page) =>
  page.locator(".tile").filter({ has: page.getByRole("heading", { name: "Sales today", exact: true }) });
const ordersOf = async (page: Page) =>
  Number(((await today(page).locator("dd").nth(1).textContent()) ?? "").replace(/\D/g, ""));

async function openBoard(): Promise<Page> {
  const address = new URL("/dashboard/pos-shop-now", gateway.url).href;
  const { page } = await visit(browser.context, address, ".tile dd");
  await today(page).getByText("follows changes").waitFor();
  return page;
}

async function sell(): Promise<void> {
  const [product] = await gateway.admin.query<{ id: number }>(
    "select product_id as id from product where available_quantity > 5 and current_price > 0 limit 1",
  );
  const answer = await ask(
    gateway.url,
    "mutation($product: Int!) { recordSale(customerId: 1, lines: [{ productId: $product, quantity: 1 }]) { token } }",
    { product: product?.id },
  );
  if (answer.errors) throw new Error(answer.errors[0]?.message);
}

test("a tile follows a sale without being asked to", async () => {
  const page = await openBoard();
  const before = await ordersOf(page);
  const hour = page
    .locator(".tile")
    .filter({ has: page.getByRole("heading", { name: "Sales today, by hour" }) });
  const startedAt = performance.now();
  await sell();
  await expect.poll(() => ordersOf(page), { interval: 20 }).toBe(before + 1);
  console.info(`A tile showed a sale ${Math.round(performance.now() - startedAt)} ms after it was sent.`);
  await hour.locator("svg.marks").waitFor();
  await page.close();
});

test("a tile keeps its last good picture, and says how old it is, until the stores are back", async () => {
  const page = await openBoard();
  const orders = await ordersOf(page);
  await Promise.all([gateway.toMariaDb.stop(), gateway.toMongoDb.stop()]);
  // A machine that is back on its network asks at once.
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect
    .poll(() => today(page).locator(".tile-fault").textContent(), { timeout: 60_000 })
    .toMatch(/Shown is the last good picture, \d+ (s|min) old\.$/);
  expect(await ordersOf(page)).toBe(orders);
  await Promise.all([gateway.toMariaDb.start(), gateway.toMongoDb.start()]);
  await expect.poll(() => today(page).locator(".tile-fault").count(), { timeout: 60_000 }).toBe(0);
  await sell();
  await expect.poll(() => ordersOf(page), { timeout: 60_000 }).toBe(orders + 1);
  await page.close();
});
