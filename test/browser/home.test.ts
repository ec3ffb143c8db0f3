import { afterAll, beforeAll, expect, test } from "vitest";
import project from "../../vitrine.config.ts";
import { openTestGateway, type TestGateway } from "../integration/graphql/gateway.ts";
import { findBarriers } from "./accessibility.ts";
import { openBrowser, outsideOf, visit } from "./visit.ts";

let gateway: TestGateway;
let home: string;
beforeAll(async () => {
  gateway = await openTestGateway({}, undefined, project);
  home = new URL("/", gateway.server.url).href;
});
afterAll(() => gateway?.close());

test.each(["light", "dark"] as const)(
  "the start page leads to all pages and to questions, also on a phone, %s",
  async (colorScheme) => {
    const browser = await openBrowser({ viewport: { width: 390, height: 800 }, colorScheme });
    try {
      const opened = await visit(browser.context, home, "h1");
      const { page, complaints } = opened;
      for (const { title, path } of gateway.options.pages ?? []) {
        const link = page.getByRole("navigation").getByRole("link", { name: title });
        expect(await link.getAttribute("href")).toBe(path);
      }
      const isWide = () => document.documentElement.scrollWidth > innerWidth;
      expect(await page.evaluate(isWide)).toBe(false);
      expect(await findBarriers(page)).toEqual([]);
      await page.getByRole("link", { name: "Top product", exact: true }).click();
      await page.locator(".graphiql-execute-button").waitFor();
      await expect.poll(() => page.locator(".graphiql-query-editor").textContent()).toContain("TopProduct");
      expect(outsideOf(opened, home)).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);

test("the choice between light and dark holds on all pages", async () => {
  const browser = await openBrowser({ colorScheme: "light" });
  try {
    const { page } = await visit(browser.context, home, "h1");
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByRole("button", { name: "Theme: system" }).click();
    await page.getByRole("button", { name: "Theme: light" }).click();
    expect(await ground()).not.toBe(light);
    await page.getByRole("navigation").getByRole("link", { name: "GraphiQL" }).click();
    await page.locator(".graphiql-execute-button").waitFor();
    await page.getByRole("button", { name: "Theme: dark" }).waitFor();
    await expect.poll(() => page.locator("body").getAttribute("class")).toContain("graphiql-dark");
  } finally {
    await browser.close();
  }
});
