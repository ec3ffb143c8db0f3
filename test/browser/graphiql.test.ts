import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import project from "../../vitrine.config.ts";
import { openTestGateway, type TestGateway } from "../integration/graphql/gateway.ts";
import { type FreshBrowser, openBrowser, outsideOf, type Visit, visit as visitPage } from "./visit.ts";

/** What GraphiQL opens with: the first example of the project's first domain, the shop. */
const opening = {
  operation: "TopProduct",
  variables: '"first": 1',
  answer: '"productDocument": {',
};

let gateway: TestGateway;
let browser: FreshBrowser;
beforeAll(async () => {
  gateway = await openTestGateway({}, undefined, project);
});
afterAll(() => gateway?.close());
beforeEach(async () => {
  browser = await openBrowser();
  return () => browser.close();
});

const showJson = (page: Page) => page.getByRole("button", { name: "JSON", exact: true }).click();

/** Opens GraphiQL and waits until a query can be run. */
const visit = (search = ""): Promise<Visit> =>
  visitPage(browser.context, gateway.server.url + search, ".graphiql-execute-button");

/** What the editors of a visit hold. Lines of Monaco have hard spaces. */
const read = async (page: Page, part: "query-editor" | "editor-tool" | "response") =>
  ((await page.locator(`.graphiql-${part}`).textContent()) ?? "").replaceAll("\u00a0", " ");
const countTabs = (page: Page) => page.getByRole("tab").count();
const titlesOf = (page: Page) => page.getByRole("tab").allTextContents();

/** GraphiQL writes its tabs half a second after a change. */
const untilStored = (page: Page, text: string) =>
  page.waitForFunction((part) => localStorage.getItem("graphiql:tabState")?.includes(part), text);

async function closeAndVisit({ page }: Visit): Promise<Visit> {
  await page.close();
  return visit();
}

describe("GraphiQL in a browser", () => {
  test("opens with a working example, runs it, and asks nothing of the outside", async () => {
    const opened = await visit();
    const { page, requests, complaints } = opened;
    await expect.poll(() => read(page, "query-editor")).toContain(opening.operation);
    await showJson(page);
    await page.locator(".graphiql-execute-button").click();
    await expect.poll(() => read(page, "response")).toContain(opening.answer);
    expect(await read(page, "response")).not.toContain("errors");
    expect(outsideOf(opened, gateway.server.url)).toEqual([]);
    expect(requests.filter((url) => url.includes("worker"))).not.toEqual([]);
    expect(await countTabs(page)).toBe(1);
    expect(complaints).toEqual([]);
  });

  test("opens an example that was chosen before the editors were there", async () => {
    const page = await browser.context.newPage();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(/\/assets\/lite-/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(gateway.server.url);
    await page
      .getByRole("region", { name: "Examples", exact: true })
      .getByRole("searchbox")
      .fill("top state");
    await page.getByRole("button", { name: "Top products of a state" }).click();
    expect(await page.locator(".graphiql-query-editor .view-lines").count()).toBe(0);
    release();
    await page.locator(".variables-form").getByRole("combobox", { name: "state" }).waitFor();
    expect(await countTabs(page)).toBe(1);
  });

  test("saves nothing before the editors are there, and nothing without a title", async () => {
    let letGo = () => undefined as unknown;
    const held = new Promise((resolve) => {
      letGo = () => resolve(undefined);
    });
    await browser.context.route(/editor.*\.js$/i, async (route) => {
      await held;
      await route.continue();
    });
    const { page } = await visit();
    const save = page.getByRole("button", { name: "Save as example", exact: true });
    expect(await save.isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Copy link", exact: true }).isDisabled()).toBe(true);
    letGo();
    await save.click();
    await page.getByLabel("Title").fill(" ");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    expect(await page.getByRole("dialog", { name: "Save as example" }).isVisible()).toBe(true);
    await page.getByLabel("Title").fill("Mine alone");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator("summary").getByText("Mine", { exact: true }).waitFor();
    const saved = await page.evaluate(() => localStorage.getItem("vitrine:examples"));
    expect(JSON.parse(saved ?? "[]")).toMatchObject([
      { title: "Mine alone", query: expect.stringContaining("TopProduct") },
    ]);
  });

  test("shows on a second visit what was there, and opens no further tab", async () => {
    const before = await visit();
    await untilStored(before.page, opening.operation);
    await before.page.close();
    const link = { query: "# Other\nquery Other($first: Int!) { __typename }", variables: '{ "first": 24 }' };
    const first = await visit(`?${new URLSearchParams(link)}`);
    await untilStored(first.page, "query Other");
    const titles = await titlesOf(first.page);

    // Nobody touched anything.
    const second = await closeAndVisit(first);
    expect(await titlesOf(second.page)).toEqual(titles);
    expect(titles).toHaveLength(2);
    await expect.poll(() => read(second.page, "query-editor")).toContain("Other");
    await expect.poll(() => read(second.page, "editor-tool")).toContain('"first": 24');

    // One tab is closed, another one open, and its query is changed while its variables are not.
    await second.page.getByRole("tab", { name: opening.operation }).click();
    await expect.poll(() => read(second.page, "query-editor")).toContain(opening.operation);
    await second.page.getByRole("button", { name: "Close Tab" }).first().click();
    await expect.poll(() => titlesOf(second.page)).toEqual(["Other"]);
    // Closing the open tab opens another one, which on a busy machine comes after the click.
    const choose = async () => {
      await second.page.getByRole("tab", { name: "Other" }).click();
      return read(second.page, "query-editor");
    };
    await expect.poll(choose, { interval: 500 }).toContain("Other");
    await second.page.locator(".graphiql-query-editor .view-lines").click();
    await second.page.keyboard.press("Control+Home");
    await second.page.keyboard.type("# mine ");
    await untilStored(second.page, "# mine ");

    const third = await closeAndVisit(second);
    expect(await titlesOf(third.page)).toEqual(["Other"]);
    await expect.poll(() => read(third.page, "query-editor")).toContain("# mine ");
    expect(await read(third.page, "query-editor")).toContain("Other");
    expect(await read(third.page, "editor-tool")).toContain('"first": 24');
    expect(third.complaints).toEqual([]);
  });

  test("opens a link's operation in a tab of its own, once", async () => {
    const query = encodeURIComponent("query Linked { __typename }");
    const first = await visit(`?query=${query}`);
    await expect.poll(() => read(first.page, "query-editor")).toContain("Linked");
    await untilStored(first.page, "Linked");
    const count = await countTabs(first.page);
    expect(count).toBe(1);
    await first.page.reload();
    await first.page.locator(".graphiql-execute-button").waitFor();
    expect(await countTabs(first.page)).toBe(count);
  });

  test("keeps a history of the queries that ran", async () => {
    const { page } = await visit();
    await expect.poll(() => read(page, "query-editor")).toContain(opening.operation);
    await showJson(page);
    await page.locator(".graphiql-execute-button").click();
    await expect.poll(() => read(page, "response")).toContain(opening.answer);
    await page.getByRole("button", { name: "Show History" }).click();
    await expect
      .poll(() => page.locator(".graphiql-history-items").textContent())
      .toContain(opening.operation);
  });

  test("follows a subscription, over a WebSocket that its policy allows", async () => {
    const subscription = "subscription { customerOrdersChanged { id document { name } } }";
    const { page, complaints } = await visit(`?query=${encodeURIComponent(subscription)}`);
    await expect.poll(() => read(page, "query-editor")).toContain("customerOrdersChanged");
    await showJson(page);
    await page.locator(".graphiql-execute-button").click();
    await expect.poll(() => read(page, "response")).toContain('"document": {');
    expect(complaints).toEqual([]);
  });
});
