import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { DashboardSettings } from "../../src/web/dashboard/page-settings.ts";
import project from "../../vitrine.config.ts";
import { openTestGateway, type TestGateway } from "../integration/graphql/gateway.ts";
import type { TestDatabase } from "../support/database.ts";
import { findBarriers } from "./accessibility.ts";
import { type FreshBrowser, openBrowser, outsideOf, visit } from "./visit.ts";

/** A name that would be markup, were it not a text. */
const HOSTILE = "<img src=x onerror=window.hacked=1>";

let gateway: TestGateway;
let browser: FreshBrowser;
beforeAll(async () => {
  const addHostile = async ({ admin }: TestDatabase) => {
    await admin.run("update staff set first_name = ?", [HOSTILE]);
  };
  gateway = await openTestGateway({}, addHostile, project);
});
afterAll(() => gateway?.close());
beforeEach(async () => {
  browser = await openBrowser({ viewport: { width: 1300, height: 900 } });
  return () => browser.close();
});

const addressOf = (path: string) => new URL(`/dashboard${path}`, gateway.server.url).href;
const settings = () =>
  gateway.options.pages?.find(({ name }) => name === "dashboard")?.settings as DashboardSettings;

/** Waits until every tile has a picture, and says of each what is wrong with it. */
async function waitForTiles(page: Page): Promise<readonly string[]> {
  await expect.poll(() => page.locator(".tile[aria-busy=true]").count()).toBe(0);
  const charts = page.locator(".chart-picture");
  await expect.poll(async () => (await charts.count()) - (await charts.locator("svg.marks").count())).toBe(0);
  return page.locator(".tile-fault, .chart-problem").allTextContents();
}

const tileOf = (page: Page, title: string) =>
  page.locator(".tile").filter({ has: page.getByRole("heading", { name: title, exact: true }) });

describe("The dashboards of the project", () => {
  test.each(["pos-business", "pos-shop-now", "softcart-softcart", "totesys-back-office"])(
    "%s shows every tile, each number with its unit and in a table that the keyboard reaches",
    async (name) => {
      const opened = await visit(browser.context, addressOf(`/${name}?period=all`), "h1");
      const { page, complaints } = opened;
      expect(await waitForTiles(page)).toEqual([]);
      for (const summary of await page.locator(".chart-figures summary").all()) {
        await summary.focus();
        await page.keyboard.press("Enter");
      }
      const shown = settings().dashboards.find((one) => one.name === name);
      expect(await page.locator(".tile").count()).toBe(shown?.tiles.length);
      const bare = await page
        .locator(".tile .is-number")
        .evaluateAll((cells) =>
          cells
            .filter(
              (cell) =>
                /\d/.test(cell.textContent ?? "") && cell.tagName !== "TH" && !cell.querySelector(".unit"),
            )
            .map((cell) => cell.closest(".tile")?.querySelector("h2")?.textContent),
        );
      const nameless = shown?.tiles
        .filter(({ units }) => Object.values(units).includes(null))
        .map(({ title }) => title);
      expect(bare.filter((title) => !nameless?.includes(title ?? ""))).toEqual([]);
      expect(await findBarriers(page)).toEqual([]);
      expect(outsideOf(opened, gateway.server.url)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  test.each(["light", "dark"] as const)(
    "fit a phone, %s, and no one scrolls sideways",
    async (colorScheme) => {
      const phone = await openBrowser({ viewport: { width: 390, height: 800 }, colorScheme });
      try {
        const { page } = await visit(phone.context, addressOf("/pos-shop-now?period=all"), "h1");
        expect(await waitForTiles(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
        expect(await findBarriers(page)).toEqual([]);
      } finally {
        await phone.close();
      }
    },
  );

  test("narrow to what the filters say, which the address keeps", async () => {
    const { page } = await visit(browser.context, addressOf("/pos-shop-now?period=all"), "h1");
    await waitForTiles(page);
    const total = async (state?: string) => {
      const where = state === undefined ? null : { state: { eq: state } };
      const answer = await gateway.ask("query($where: SalesWhere) { sales(where: $where) { orders } }", {
        where,
      });
      const [row] = (answer.data?.sales ?? []) as { orders: number }[];
      return String(row?.orders ?? JSON.stringify(answer));
    };
    const orders = () =>
      tileOf(page, "Sales of the period")
        .locator("dd")
        .nth(1)
        .textContent()
        .then((text) => text?.replace(/\D/g, ""));
    await expect.poll(orders).toBe(await total());
    const state =
      (await page.getByRole("combobox", { name: "State" }).locator("option").nth(1).textContent()) ?? "";
    await page.getByRole("combobox", { name: "State" }).selectOption(state);
    await expect.poll(orders).toBe(await total(state));
    expect(await total(state)).not.toBe(await total());
    expect(new URL(page.url()).searchParams.get("state")).toBe(state);
    await page.reload();
    await expect.poll(orders).toBe(await total(state));
    await page.goBack();
    await expect.poll(orders).toBe(await total());
    await page.getByRole("combobox", { name: "Period" }).selectOption("Days …");
    await page.getByLabel("From", { exact: true }).fill("2030-01-01");
    await page.getByLabel("Until before", { exact: true }).fill("2031-01-01");
    await expect.poll(orders).toBe("0");
  });

  test("show nothing of the old filters under the new ones, nor give it away, until the answer is there", async () => {
    const { page } = await visit(browser.context, addressOf("/pos-shop-now?period=all"), "h1");
    await waitForTiles(page);
    const tile = tileOf(page, "Sales of the period");
    const csv = tile.getByRole("button", { name: "CSV" });
    expect(await tile.locator("dd").count()).toBeGreaterThan(0);
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route("**/graphql", async (route) => {
      await answered;
      await route.continue();
    });
    await page.getByRole("combobox", { name: "Period" }).selectOption("This year");
    expect(await tile.getAttribute("aria-busy")).toBe("true");
    expect(await tile.locator("dd").count()).toBe(0);
    expect(await csv.isDisabled()).toBe(true);
    answer();
    await expect.poll(() => csv.isDisabled()).toBe(false);
    expect(await tile.locator("dd").count()).toBeGreaterThan(0);
  });

  test("show a hostile name as the text that it is", async () => {
    const { page, complaints } = await visit(browser.context, addressOf("/totesys-back-office"), "h1");
    await waitForTiles(page);
    const tile = tileOf(page, "Staff");
    await expect.poll(() => tile.locator("svg").textContent()).toContain("<img");
    await tile.locator("summary").click();
    expect(await tile.locator("table").textContent()).toContain(HOSTILE);
    await tile.locator("svg .mark-rect path").first().hover();
    await page.locator(".chart-tip").waitFor();
    expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  test("give their figures to a spreadsheet, exact, and their question to GraphiQL", async () => {
    const { page } = await visit(browser.context, addressOf("/pos-shop-now?period=all"), "h1");
    await waitForTiles(page);
    const tile = tileOf(page, "Sales of the period");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      tile.getByRole("button", { name: "CSV" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("sales-of-the-period.csv");
    const { data } = await gateway.ask("{ sales { revenue orders units averageOrder } }");
    const [row] = (data?.sales ?? []) as Record<string, unknown>[];
    const text = await readFile(await download.path(), "utf8");
    expect(text.split("\n").slice(0, 2)).toEqual([
      "revenue,orders,units,averageOrder",
      Object.values(row ?? {}).join(","),
    ]);
    await tile.getByRole("link", { name: "Open in GraphiQL" }).click();
    await page.locator(".graphiql-query-editor").waitFor();
    await expect.poll(() => page.locator(".graphiql-query-editor").textContent()).toContain("SalesTotal");
  });

  test("are printed with what they are narrowed to, and without what one clicks", async () => {
    const { page } = await visit(browser.context, addressOf("/pos-business"), "h1");
    await waitForTiles(page);
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("form", { name: "Filters" }).isVisible()).toBe(false);
    expect(await page.locator(".frame-header").isVisible()).toBe(false);
    expect(await page.locator(".board-printed").textContent()).toMatch(
      /Period: Last 12 months, .* · State: all/,
    );
    expect(await page.locator(".board-printed").isVisible()).toBe(true);
  });

  test("say so when an address names none", async () => {
    const { page } = await visit(browser.context, addressOf("/no-such%20one"), ".dashboards");
    expect(await page.getByRole("alert").textContent()).toBe('There is no dashboard "no-such one".');
  });
});
