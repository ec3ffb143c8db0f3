import { afterAll, beforeAll, expect, test } from "vitest";
import project from "../../vitrine.config.ts";
import { openTestGateway, type TestGateway } from "../integration/graphql/gateway.ts";
import { findBarriers } from "./accessibility.ts";
import { keepPicture } from "./pictures.ts";
import { type FreshBrowser, openBrowser, outsideOf, visit } from "./visit.ts";

let gateway: TestGateway;
let browser: FreshBrowser;
let docs: string;
beforeAll(async () => {
  gateway = await openTestGateway({}, undefined, project);
  browser = await openBrowser({ viewport: { width: 1280, height: 850 }, colorScheme: "light" });
  docs = new URL("/docs", gateway.server.url).href;
});
afterAll(async () => {
  await browser?.close();
  await gateway?.close();
});

test("a search leads to a model, its fields to the columns that they come from, and these back", async () => {
  const opened = await visit(browser.context, docs, "h1");
  const { page, complaints } = opened;
  await keepPicture(page, "docs-start");
  await page.getByRole("searchbox").fill("order_details");
  await page.getByRole("link", { name: /^order_details model/ }).click();
  await page.getByRole("heading", { name: "order_details", level: 1 }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/docs/model/order_details");
  const rowOf = (name: string) =>
    page.getByRole("row").filter({ has: page.locator("th code").getByText(name, { exact: true }) });
  await rowOf("items[].lineTotal").getByRole("link", { name: "orderline.line_total" }).waitFor();
  expect(await rowOf("items[].name").getByRole("listitem").allTextContents()).toEqual(["product.name"]);
  expect(await rowOf("buyer.name").getByText("personal").count()).toBe(1);
  expect(await rowOf("total").getByText("personal").count()).toBe(0);
  await keepPicture(page, "docs-model");
  expect(await findBarriers(page)).toEqual([]);
  await rowOf("items[].name").getByRole("link", { name: "product.name" }).click();
  await page.getByRole("heading", { name: "product", level: 1 }).waitFor();
  await rowOf("name").locator("summary").click();
  await rowOf("name").getByRole("link", { name: "bi_products.product_name" }).waitFor();
  await keepPicture(page, "docs-table");
  await page.goBack();
  await page.getByRole("heading", { name: "order_details", level: 1 }).waitFor();
  expect(outsideOf(opened, docs)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("every model and view of the project says where each of its fields comes from", async () => {
  const read = async (key: string) => (await fetch(new URL(`/data/docs/${key}.json`, docs))).json();
  const { lineage, keys } = await read("database");
  const { entries } = await read("dictionary");
  const unknown = entries
    .filter(({ kind }: { kind: string }) => kind === "model" || kind === "cube" || kind === "view")
    .map(({ name }: { name: string }) => name)
    .filter((name: string) => !lineage[name]);
  expect(unknown).toEqual([]);
  expect(keys).toContainEqual({ table: "orderline", columns: ["order_id"], target: "order" });
});

test("an entity diagram is drawn of keys and of links, and the list beneath it says the same", async () => {
  const opened = await visit(browser.context, `${docs}/diagram`, ".docs-drawing svg");
  const { page, complaints } = opened;
  await expect.poll(() => page.locator(".docs-drawing svg").textContent()).toContain("orderline");
  await page.getByRole("row", { name: "orderline order_id order" }).waitFor();
  await keepPicture(page, "docs-diagram");
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole("link", { name: "totesys", exact: true }).click();
  await page.getByRole("link", { name: "models", exact: true }).click();
  await page.getByRole("heading", { name: "Models of totesys by their links" }).waitFor();
  await expect.poll(() => page.locator(".docs-drawing svg").textContent()).toContain("dim_counterparty");
  await keepPicture(page, "docs-diagram-models");
  expect(outsideOf(opened, docs)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("an example opens in GraphiQL, and each code of an error is told", async () => {
  const { page, complaints } = await visit(browser.context, `${docs}/errors`, "table");
  await page.getByRole("rowheader", { name: "SOURCE_UNAVAILABLE" }).waitFor();
  await keepPicture(page, "docs-errors");
  expect(await findBarriers(page)).toEqual([]);
  await page
    .getByRole("navigation", { name: "Parts of the docs" })
    .getByRole("link", { name: "Examples" })
    .click();
  await page.getByRole("searchbox").fill("top product");
  await keepPicture(page, "docs-examples");
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole("link", { name: "Top product", exact: true }).click();
  await page.locator(".graphiql-execute-button").waitFor();
  await expect.poll(() => page.locator(".graphiql-query-editor").textContent()).toContain("TopProduct");
  expect(complaints).toEqual([]);
  await page.close();
});

/** What makes the page wider than its window. */
const findWide = (): readonly string[] =>
  document.documentElement.scrollWidth <= innerWidth
    ? []
    : [...document.querySelectorAll("main *")]
        .filter(
          (one) => one.getBoundingClientRect().right > innerWidth && !one.closest("[tabindex]:not(main)"),
        )
        .map((one) => one.outerHTML.slice(0, 80));

test("it is whole on a phone, at night, and where a thing is gone", { timeout: 300_000 }, async () => {
  const phone = await openBrowser({ viewport: { width: 390, height: 800 }, colorScheme: "dark" });
  try {
    for (const path of [
      "",
      "/model/order_details",
      "/table/order",
      "/diagram/softcart",
      "/examples",
      "/errors",
    ]) {
      const { page, complaints } = await visit(phone.context, docs + path, "h1");
      await page.waitForLoadState("networkidle");
      expect(await page.evaluate(findWide), path).toEqual([]);
      expect(await findBarriers(page), path).toEqual([]);
      expect(complaints).toEqual([]);
      await keepPicture(page, `docs-phone${path.replaceAll("/", "-")}`);
      await page.close();
    }
    const { page } = await visit(phone.context, `${docs}/model/<script>`, "[role=alert]");
    expect(await page.getByRole("alert").textContent()).toBe("There is no model <script> any more.");
  } finally {
    await phone.close();
  }
});

test("where the database does not answer the dictionary is there all the same, and says what it lacks", async () => {
  const context = await openBrowser();
  try {
    const page = await context.context.newPage();
    await page.route("**/data/docs/database.json", (route) => route.fulfill({ status: 500, body: "" }));
    await page.goto(`${docs}/model/order_details`);
    await page.getByRole("heading", { name: "order_details", level: 1 }).waitFor();
    await page.getByText(/Lineage is not known just now/).waitFor();
  } finally {
    await context.close();
  }
});
