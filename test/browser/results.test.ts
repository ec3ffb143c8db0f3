import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "../integration/graphql/gateway.ts";
import { findBarriers } from "./accessibility.ts";
import { type FreshBrowser, openBrowser, type Visit, visit as visitPage } from "./visit.ts";

const hostile = "<img src=x onerror=alert(1)>";
const formula = "=1+1";

let gateway: TestGateway;
let browser: FreshBrowser;
beforeAll(async () => {
  gateway = await openTestGateway({}, async ({ admin }) => {
    await admin.run("update product set name = ? where product_id = 1", [hostile]);
    await admin.run("update product set name = ? where product_id = 2", [formula]);
  });
});
afterAll(() => gateway?.close());
beforeEach(async () => {
  browser = await openBrowser({ viewport: { width: 1440, height: 900 }, acceptDownloads: true });
  return () => browser.close();
});

interface Question {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Opens a link, whose answer is shown at once. */
async function open({ query, variables }: Question, view: string): Promise<Visit> {
  const link = new URLSearchParams({
    query,
    view,
    ...(variables && { variables: JSON.stringify(variables) }),
  });
  return visitPage(browser.context, `${gateway.server.url}?${link}`, ".graphiql-execute-button");
}
const cells = (page: Page, row: number) =>
  page.locator(`.data-table tr[aria-rowindex="${row + 1}"] td`).allTextContents();
const status = (page: Page) => page.locator(".status-line").textContent();
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

const products = `query Products($first: Int! = 10) {
  sales(groupBy: [PRODUCT], where: { product: { gte: 1, lte: 2 } }, orderBy: [PRODUCT_ASC], first: $first) {
    product units revenue productDocument { name }
  }
}`;

describe("An answer in GraphiQL", () => {
  test("is a table of its list: flattened, right-aligned, in any order, with exact totals, whatever a cell holds", async () => {
    const { page, complaints } = await open({ query: products }, "table");
    await page.locator(".data-table tbody tr").first().waitFor();
    const { data } = await gateway.ask(products);
    const rows = data?.sales as readonly { readonly revenue: string; readonly units: string }[];
    expect(rows.length).toBe(2);
    expect((await cells(page, 1))[3]).toBe(hostile);
    expect((await cells(page, 2))[3]).toBe(formula);
    expect(await page.locator(".data-table img").count()).toBe(0);
    const plain = (text: string | undefined) => text?.replaceAll(",", "");
    expect(plain((await cells(page, 1))[2])).toBe(rows[0]?.revenue);
    const align = await page
      .locator(".data-table tbody td")
      .nth(2)
      .evaluate((cell) => getComputedStyle(cell).textAlign);
    expect(align).toBe("right");
    const cents = rows.reduce((sum, { revenue }) => sum + BigInt(revenue.replace(".", "")), 0n);
    const foot = await page.locator(".data-table tfoot td").allTextContents();
    expect(plain(foot[2])?.replace(".", "")).toBe(String(cents));
    // A key is no amount.
    expect(foot[0]).toBe("");

    await press(page, "Product document name");
    expect((await cells(page, 1))[3]).toBe(hostile);
    await press(page, "Product document name");
    expect((await cells(page, 1))[3]).toBe(formula);
    expect(await page.locator('th[aria-sort="descending"]').count()).toBe(1);

    expect(await status(page)).toMatch(/2 rows.*ms.*(from the mirror|live from MariaDB)/);
    expect(
      await findBarriers(page, [
        ".graphiql-query-editor",
        ".graphiql-editor-tool",
        ".graphiql-session-header",
      ]),
    ).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("goes into a file, into a spreadsheet, and into a link that shows it again", async () => {
    await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const { page } = await open({ query: products, variables: { first: 2 } }, "table");
    await page.locator(".data-table tbody tr").first().waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), press(page, "CSV")]);
    expect(download.suggestedFilename()).toBe("products.csv");
    const csv = await readFile((await download.path()) ?? "", "utf8");
    expect(csv.split("\n")[0]).toBe("product,units,revenue,productDocument.name");
    expect(csv).toContain(`,${formula}\n`);
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    await press(page, "Copy for a spreadsheet");
    await expect.poll(clipboard).toContain(`\t'${formula}`);
    await press(page, "Chart");
    await press(page, "Copy link");
    await expect.poll(clipboard).toContain("view=chart");
    const again = await visitPage(browser.context, await clipboard(), ".chart-picture svg");
    expect(await again.page.locator(".variables-form input").first().inputValue()).toBe("2");
    expect(again.complaints).toEqual([]);
  });

  test("is a picture that its rows call for, and that can be another, with its figures beside it", async () => {
    const query = "{ sales(groupBy: [PLACED_ON_MONTH], first: 100) { placedOnMonth revenue orders } }";
    const { page, complaints } = await open({ query }, "chart");
    await page.locator(".chart-picture svg").waitFor();
    const choice = (name: string) => page.getByRole("combobox", { name, exact: true });
    expect(await choice("Chart").inputValue()).toBe("line");
    expect(await choice("Shows").inputValue()).toBe("revenue");
    await choice("Chart").selectOption("bars");
    await choice("Shows").selectOption("orders");
    await expect.poll(() => page.locator(".chart-picture svg").textContent()).toContain("Orders");
    // The picture is drawn, and what draws it has not written over what tells of it.
    expect(await page.locator(".chart-picture").getAttribute("aria-label")).toContain("orders");
    await page.locator(".chart-figures summary").click();
    expect(await page.locator(".figures-table tbody tr").count()).toBeGreaterThan(5);
    expect(
      await findBarriers(page, [
        ".graphiql-query-editor",
        ".graphiql-editor-tool",
        ".graphiql-session-header",
      ]),
    ).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("of ten thousand rows is drawn as far as it is in sight", async () => {
    const { page } = await visitPage(browser.context, gateway.server.url, ".graphiql-execute-button");
    const rows = Array.from({ length: 10_000 }, (_, index) => ({
      state: `S${index}`,
      revenue: `${index}.05`,
    }));
    await page.route("**/graphql", (route) => route.fulfill({ json: { data: { sales: rows } } }));
    await expect.poll(() => page.locator(".graphiql-query-editor").textContent()).toContain("TopProduct");
    await page.locator(".graphiql-execute-button").click();
    await expect.poll(() => status(page)).toContain("10,000 rows");
    expect(await page.locator(".data-table tbody tr").count()).toBeLessThan(100);
    expect(await page.locator(".data-table table").getAttribute("aria-rowcount")).toBe("10001");
    await page.locator(".data-table").evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await page.locator('.data-table tr[aria-rowindex="10001"]').waitFor();
    await press(page, "Revenue");
    await press(page, "Revenue");
    await page.locator(".data-table").evaluate((box) => box.scrollTo(0, 0));
    await expect.poll(() => cells(page, 1)).toEqual(["S9999", "9,999.05"]);
  });

  test("that is refused is told as errors, and a view of SQL asks for the explanation of what reads only", async () => {
    const { page } = await open(
      { query: "query Wrong { sales(groupBy: [PRODUCT]) { product state } }" },
      "table",
    );
    await page.locator(".result-errors").waitFor();
    expect(await status(page)).toContain("1 error");
    const writes = await open(
      { query: "mutation Sale { recordSale(customerId: 1, lines: []) { orderId } }" },
      "sql",
    );
    await writes.page.locator(".result-hint").waitFor();
    // A link runs nothing that writes.
    expect(await status(writes.page)).toContain("Nothing was run");
  });
});

describe("What stands beside the editors", () => {
  test("is a form of the variables, which knows the values that there are", async () => {
    const query =
      "query Of($state: String!, $first: Int = 3) { sales(groupBy: [CITY], where: { state: { eq: $state } }, first: $first) { city units } }";
    const { page } = await open({ query, variables: { first: 2 } }, "json");
    const state = page
      .getByRole("textbox", { name: "state" })
      .or(page.getByRole("combobox", { name: "state" }));
    await state.focus();
    await expect.poll(() => page.locator("datalist option").count()).toBeGreaterThan(3);
    const known = (await page.locator("datalist option").first().getAttribute("value")) ?? "";
    await state.fill(known);
    await expect.poll(() => page.locator(".graphiql-editor-tool").textContent()).toContain(`"${known}"`);
    await press(page, "Table");
    await state.press("Enter");
    await expect.poll(() => status(page)).toMatch(/[12] rows?/);

    // The same values where the text of a filter is typed.
    await page.locator(".graphiql-query-editor .view-lines").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText('{ sales(groupBy: [CITY], where: { state: { eq: "" } }) { city } }');
    await page.keyboard.press("Home");
    for (let step = 0; step < '{ sales(groupBy: [CITY], where: { state: { eq: "'.length; step += 1)
      await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Control+Space");
    await expect.poll(() => page.locator(".suggest-widget").textContent()).toContain(known);
  });

  test("is a list of examples that open in the tab in front, and of those that one saved", async () => {
    const { page, complaints } = await visitPage(
      browser.context,
      gateway.server.url,
      ".graphiql-execute-button",
    );
    const editor = () => page.locator(".graphiql-query-editor").textContent();
    await expect.poll(editor).toContain("TopProduct");
    const examples = page.getByRole("region", { name: "Examples", exact: true });
    await examples.getByRole("searchbox").fill("customers state");
    await examples.getByRole("button", { name: "Customers of a state" }).click();
    await expect.poll(editor).toContain("CustomersOfAState");
    await expect.poll(() => page.locator(".graphiql-editor-tool").textContent()).toContain('"state":');
    expect(await page.getByRole("tab").count()).toBe(1);

    await press(page, "Save as example");
    await page.getByLabel("Title").fill("My customers");
    await press(page, "Save");
    await page.evaluate(() => {
      const key = "vitrine:examples";
      const gone = { title: "Of the past", query: "{ gone }", variables: null };
      localStorage.setItem(key, JSON.stringify([...JSON.parse(localStorage.getItem(key) ?? "[]"), gone]));
    });
    await page.reload();
    await examples.getByRole("button", { name: "My customers", exact: true }).waitFor();
    await expect.poll(() => examples.textContent()).toContain('Cannot query field "gone"');

    // What somebody wrote is not overwritten: the example gets a tab of its own.
    await page.locator(".graphiql-query-editor .view-lines").click();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("# mine ");
    await examples.getByRole("button", { name: "Top product", exact: true }).click();
    await expect.poll(() => page.getByRole("tab").count()).toBe(2);
    await expect.poll(editor).toContain("TopProduct");
    expect(complaints).toEqual([]);
  });
});
