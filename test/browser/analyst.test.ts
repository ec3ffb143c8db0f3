import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createExplainRule } from "../../src/graphql/explain-rule.ts";
import { openTestGateway, type TestGateway } from "../integration/graphql/gateway.ts";
import { findBarriers } from "./accessibility.ts";
import { keepPicture } from "./pictures.ts";
import { type FreshBrowser, openBrowser, outsideOf, visit } from "./visit.ts";

let gateway: TestGateway;
let browser: FreshBrowser;
/** The state that the analyst asks about. */
let state: string;
beforeAll(async () => {
  gateway = await openTestGateway({
    explain: createExplainRule("on", "127.0.0.1", async (model) => `the view of ${model}`),
  });
  const [most] = await gateway.database.admin.query<{ state: string }>(
    `select city.state from customer join city on city.zip = customer.zip
    -- The example itself asks for this one.
    where city.state <> 'TX'
    group by city.state order by count(*) desc, city.state limit 1`,
  );
  state = most?.state ?? "";
  browser = await openBrowser({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
});
afterAll(async () => {
  await browser?.close();
  await gateway?.close();
});

/** Products by what the state bought of them, from the tables: name, revenue, pieces. */
const readProducts = (): Promise<
  readonly { readonly productId: string; readonly revenue: string; readonly units: string }[]
> =>
  gateway.database.admin.query(
    `select cast(line.product_id as char) as productId, sum(line.line_total) as revenue,
      cast(sum(line.quantity) as char) as units
    from orderline as line
    join \`order\` on \`order\`.order_id = line.order_id and \`order\`.status <> 'cancelled'
    join customer on customer.customer_id = \`order\`.customer_id
    join city on city.zip = customer.zip and city.state = ?
    group by line.product_id`,
    [state],
  );

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const column = (page: Page, index: number) =>
  page.locator(`.data-table tbody tr[aria-rowindex] td:nth-child(${index + 1})`).allTextContents();
const plain = (texts: readonly string[]) => texts.map((text) => text.replaceAll(",", ""));
const editors = [".graphiql-query-editor", ".graphiql-editor-tool", ".graphiql-session-header"];

test("an analyst asks an example of another state, looks at it in every way, and takes it along", async () => {
  const opened = await visit(browser.context, new URL("/", gateway.server.url).href, "h1");
  const { page, complaints } = opened;
  await page.getByRole("navigation").getByRole("link", { name: "GraphiQL" }).click();
  await page.locator(".graphiql-execute-button").waitFor();

  // An example, and the form of its variables, which knows the states that there are.
  const examples = page.getByRole("region", { name: "Examples", exact: true });
  await examples.getByRole("searchbox").fill("top products state");
  await examples.getByRole("button", { name: "Top products of a state" }).click();
  const field = page.locator(".variables-form").getByRole("combobox", { name: "state" });
  await field.focus();
  await expect
    .poll(() =>
      page
        .locator("datalist option")
        .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value)),
    )
    .toContain(state);
  await field.fill(state);
  await page.locator(".variables-form").getByLabel("first", { exact: true }).fill("5");
  await press(page, "Table");
  await field.press("Enter");
  await expect.poll(() => page.locator(".status-line").textContent()).toMatch(/^5 rows/);
  const heads = (await page.locator(".data-table thead th").allTextContents()).map((head) => head.trim());
  await keepPicture(page, "analyst-1-table");

  // The rows are those that the tables have; a click on a heading puts them into its order.
  const byRevenue = (await readProducts())
    .toSorted((a, b) => Number(b.revenue) - Number(a.revenue) || Number(a.productId) - Number(b.productId))
    .slice(0, 5);
  const at = (name: string) => heads.findIndex((head) => head.startsWith(name));
  expect(byRevenue).toHaveLength(5);
  expect(plain(await column(page, at("Revenue")))).toEqual(byRevenue.map(({ revenue }) => revenue));
  await press(page, "Units");
  const ordered = byRevenue.map(({ units }) => units).sort((a, b) => Number(a) - Number(b));
  expect(plain(await column(page, at("Units")))).toEqual(ordered);
  await press(page, "Units");
  expect(plain(await column(page, at("Units")))).toEqual(ordered.toReversed());

  // The chart that the rows call for, and another one.
  await press(page, "Chart");
  await page.locator(".chart-picture svg").waitFor();
  const kind = page.getByRole("combobox", { name: "Chart", exact: true });
  const first = await kind.inputValue();
  const other = (
    await kind.locator("option").evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value))
  ).find((one) => one !== first);
  await kind.selectOption(other ?? "");
  await page.locator(".chart-picture svg").waitFor();
  await keepPicture(page, "analyst-2-chart");
  expect(await findBarriers(page, editors)).toEqual([]);

  // How it was answered: the pipeline or the statement, what was bound, and the cost.
  await press(page, "SQL");
  await press(page, "Explain");
  await page.locator(".sql-view pre").first().waitFor();
  expect(await page.locator(".sql-view").textContent()).toContain(state);
  expect(await page.locator(".status-line").textContent()).toMatch(/cost [\d,]+ of [\d,]+/);
  await keepPicture(page, "analyst-3-sql");

  // A file, a link that somebody else opens, and an example of one's own.
  await press(page, "Table");
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "CSV")]);
  const [names = "", ...lines] = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
  const place = names.split(",").indexOf("revenue");
  expect(lines.map((line) => line.split(",")[place])).toEqual(byRevenue.map(({ revenue }) => revenue));
  await press(page, "Copy link");
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(clipboard).toContain("view=table");
  const another = await openBrowser({ viewport: { width: 1440, height: 900 } });
  try {
    const again = await visit(another.context, await clipboard(), ".data-table tbody td");
    expect(plain(await column(again.page, at("Revenue")))).toEqual(byRevenue.map(({ revenue }) => revenue));
    expect(again.complaints).toEqual([]);
  } finally {
    await another.close();
  }
  await press(page, "Save as example");
  await page.getByLabel("Title").fill("What they buy most");
  await press(page, "Save");
  await page.reload();
  await page.locator(".graphiql-execute-button").waitFor();
  await examples.getByRole("searchbox").fill("");
  await examples.getByRole("button", { name: "Top product", exact: true }).click();
  await expect.poll(() => page.locator(".graphiql-query-editor").textContent()).toContain("TopProduct(");
  await examples.getByRole("button", { name: "What they buy most", exact: true }).click();
  await expect
    .poll(() => page.locator(".graphiql-query-editor").textContent())
    .toContain("TopProductsOfAState");
  await expect.poll(() => page.locator(".graphiql-editor-tool").textContent()).toContain(`"${state}"`);
  await keepPicture(page, "analyst-4-example");
  expect(outsideOf(opened, gateway.server.url)).toEqual([]);
  expect(complaints).toEqual([]);
});
