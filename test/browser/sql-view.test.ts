import { afterAll, beforeAll, expect, test } from "vitest";
import { createExplainRule } from "../../src/graphql/explain-rule.ts";
import { openTestGateway, type TestGateway } from "../integration/graphql/gateway.ts";
import { findBarriers } from "./accessibility.ts";
import { openBrowser, visit } from "./visit.ts";

let gateway: TestGateway;
beforeAll(async () => {
  const explain = createExplainRule("on", "127.0.0.1", async (model) => `the view of ${model}`);
  gateway = await openTestGateway({ explain });
});
afterAll(() => gateway?.close());

test("an answer tells the statements that made it, with what was bound, and what it cost", async () => {
  const browser = await openBrowser({ viewport: { width: 1440, height: 900 } });
  try {
    const query = '{ sales(groupBy: [CITY], where: { state: { eq: "TX" } }, source: LIVE) { city revenue } }';
    const link = new URLSearchParams({ query, view: "sql" });
    const { page, complaints } = await visit(
      browser.context,
      `${gateway.server.url}?${link}`,
      ".sql-view pre",
    );
    expect((await page.locator(".sql-view pre").first().textContent())?.toLowerCase()).toContain("select");
    expect(await page.locator(".sql-view").textContent()).toContain("TX");
    expect(await page.locator(".status-line").textContent()).toMatch(/cost [\d,]+ of 200,000/);
    await page.locator(".sql-view summary").click();
    expect(await page.locator(".sql-view details pre").textContent()).toBe("the view of sales");
    const editors = [".graphiql-query-editor", ".graphiql-editor-tool", ".graphiql-session-header"];
    expect(await findBarriers(page, editors)).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});

test("Explain asks again what was asked, not what stands in the editor by now", async () => {
  const browser = await openBrowser({ viewport: { width: 1440, height: 900 } });
  try {
    const query = "{ sales(groupBy: [CITY], first: 2, source: LIVE) { city revenue } }";
    const link = new URLSearchParams({ query, view: "table" });
    const { page } = await visit(browser.context, `${gateway.server.url}?${link}`, ".data-table td");
    const sent: string[] = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request.postData() ?? ""));
    await page.locator(".graphiql-query-editor .view-lines").click();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText("mutation Sell { __typename }");
    await page.locator(".result-views button", { hasText: "SQL" }).click();
    await page.getByRole("button", { name: "Explain" }).click();
    await page.locator(".sql-view pre").first().waitFor();
    expect(sent.map((body) => JSON.parse(body).query)).toEqual([query]);
    expect(await page.locator(".graphiql-query-editor").textContent()).toContain("Sell");
  } finally {
    await browser.close();
  }
});
