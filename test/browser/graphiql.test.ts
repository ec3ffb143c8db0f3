import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

let gateway: TestGateway;
let browser: BrowserContext;
let profile: string;
beforeAll(async () => {
  gateway = await openTestGateway();
  profile = await mkdtemp(join(tmpdir(), "vitrine-browser-"));
  browser = await chromium.launchPersistentContext(profile, { executablePath: findChromium(), args });
});
afterAll(async () => {
  await browser?.close();
  await gateway?.close();
  await rm(profile, { recursive: true, force: true });
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

describe("GraphiQL in a browser", () => {
  test("opens with a working example, runs it, and asks nothing of the outside", async () => {
    const page = await browser.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(gateway.server.url);
    const editor = page.locator(".graphiql-query-editor");
    await editor.getByText("CustomersOfAState").waitFor();
    await page.locator(".graphiql-execute-button").click();
    const answer = page.locator(".graphiql-response");
    await answer.getByText("totalCount").first().waitFor();
    await expect.poll(() => answer.textContent()).toContain("lineTotal");
    expect(await answer.textContent()).not.toContain("errors");
    const own = new URL(gateway.server.url).origin;
    expect(
      requests.filter(
        (url) => !url.startsWith(own) && !url.startsWith(`blob:${own}`) && !url.startsWith("data:"),
      ),
    ).toEqual([]);
    expect(requests.length).toBeGreaterThan(1);
    expect(await page.getByRole("tab").count()).toBe(gateway.options.examples?.length);
    expect(complaints).toEqual([]);
  });
});
