import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "../integration/graphql/gateway.ts";

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What GraphiQL opens with: the first example of the project's first domain, the shop. */
const opening = {
  operation: "BestProductsOfEachState",
  variables: '"first": 500',
  answer: '"productDocument": {',
};

let gateway: TestGateway;
let browser: BrowserContext;
let profile: string;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());
/** A browser that was never here. */
beforeEach(async () => {
  profile = await mkdtemp(join(tmpdir(), "vitrine-browser-"));
  browser = await chromium.launchPersistentContext(profile, { executablePath: findChromium(), args });
  return async () => {
    await browser.close();
    await rm(profile, { recursive: true, force: true });
  };
});

function findChromium(): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const names = ["chromium-headless-shell", "chromium", "google-chrome"];
  const found = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
  if (!found)
    throw new Error("No Chromium found. `npm test` installs it, or: apt-get install chromium-headless-shell");
  return found;
}

interface Visit {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

/** Opens the page and waits until a query can be run. */
async function visit(search = ""): Promise<Visit> {
  const page = await browser.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  const response = await page.goto(gateway.server.url + search);
  if (response?.status() !== 200) throw new Error(await response?.text());
  await page.locator(".graphiql-execute-button").waitFor();
  return { page, requests, complaints };
}

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
    const { page, requests, complaints } = await visit();
    await expect.poll(() => read(page, "query-editor")).toContain(opening.operation);
    await page.locator(".graphiql-execute-button").click();
    await expect.poll(() => read(page, "response")).toContain(opening.answer);
    expect(await read(page, "response")).not.toContain("errors");
    const own = new URL(gateway.server.url).origin;
    expect(requests.filter((url) => !url.startsWith(own) && !url.startsWith("data:"))).toEqual([]);
    expect(requests.filter((url) => url.includes("worker"))).not.toEqual([]);
    expect(await countTabs(page)).toBe(gateway.options.examples?.length);
    expect(complaints).toEqual([]);
  });

  test("fills the variables of every example with what its operation declares", async () => {
    const { page } = await visit();
    await expect.poll(() => read(page, "editor-tool")).toContain(opening.variables);
    await page.getByRole("tab", { name: "CustomersOfAState" }).click();
    await expect.poll(() => read(page, "editor-tool")).toContain('"state": ');
    await page.getByRole("tab", { name: "SalesOfMonths" }).click();
    await expect.poll(() => read(page, "editor-tool")).toContain('"first": 24');
    expect(await read(page, "editor-tool")).toContain('"source": "AUTO"');
  });

  test("shows on a second visit what was there, and opens no further tab", async () => {
    const first = await visit();
    await untilStored(first.page, opening.operation);
    const titles = await titlesOf(first.page);

    // Nobody touched anything.
    const second = await closeAndVisit(first);
    expect(await titlesOf(second.page)).toEqual(titles);
    await expect.poll(() => read(second.page, "query-editor")).toContain(opening.operation);
    await expect.poll(() => read(second.page, "editor-tool")).toContain(opening.variables);

    // One tab is closed, another one open, and its query is changed while its variables are not.
    await second.page.getByRole("button", { name: "Close Tab" }).first().click();
    await expect.poll(() => titlesOf(second.page)).toEqual(titles.slice(1));
    // Closing the open tab opens another one, which on a busy machine comes after the click.
    const choose = async () => {
      await second.page.getByRole("tab", { name: "SalesOfMonths" }).click();
      return read(second.page, "query-editor");
    };
    await expect.poll(choose, { interval: 500 }).toContain("SalesOfMonths");
    await second.page.locator(".graphiql-query-editor .view-lines").click();
    await second.page.keyboard.press("Control+Home");
    await second.page.keyboard.type("# mine ");
    await untilStored(second.page, "# mine ");

    const third = await closeAndVisit(second);
    expect(await titlesOf(third.page)).toEqual(titles.slice(1));
    await expect.poll(() => read(third.page, "query-editor")).toContain("# mine ");
    expect(await read(third.page, "query-editor")).toContain("SalesOfMonths");
    expect(await read(third.page, "editor-tool")).toContain('"first": 24');
    expect(third.complaints).toEqual([]);
  });

  test("opens a link's operation in a tab of its own, once", async () => {
    const query = encodeURIComponent("query Linked { __typename }");
    const first = await visit(`?query=${query}`);
    await expect.poll(() => read(first.page, "query-editor")).toContain("Linked");
    await untilStored(first.page, "Linked");
    const count = await countTabs(first.page);
    expect(count).toBe((gateway.options.examples?.length ?? 0) + 1);
    await first.page.reload();
    await first.page.locator(".graphiql-execute-button").waitFor();
    expect(await countTabs(first.page)).toBe(count);
  });

  test("keeps a history of the queries that ran", async () => {
    const { page } = await visit();
    await expect.poll(() => read(page, "query-editor")).toContain(opening.operation);
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
    await page.locator(".graphiql-execute-button").click();
    await expect.poll(() => read(page, "response")).toContain('"document": {');
    expect(complaints).toEqual([]);
  });
});
