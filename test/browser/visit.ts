import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

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

/** A browser that was never here. */
export interface FreshBrowser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

type ContextOptions = Parameters<typeof chromium.launchPersistentContext>[1];

/** Starts Chromium with a profile of its own; options as playwright's (`viewport`, `colorScheme`). */
export async function openBrowser(options: ContextOptions = {}): Promise<FreshBrowser> {
  const profile = await mkdtemp(join(tmpdir(), "vitrine-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    args,
    ...options,
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

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

/** A page that was opened, what it asked for, and what it complained of. */
export interface Visit {
  readonly page: Page;
  readonly requests: readonly string[];
  /** Errors of scripts and lines of the console; each fails a test that expects none. */
  readonly complaints: readonly string[];
}

/** Opens an address and waits until the part that `selector` names is there. @throws Error unless the server says 200 */
export async function visit(context: BrowserContext, url: string, selector: string): Promise<Visit> {
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  const response = await page.goto(url);
  if (response?.status() !== 200) throw new Error(await response?.text());
  await page.locator(selector).first().waitFor();
  return { page, requests, complaints };
}

/** Requests of a visit that went anywhere but to its own server. */
export const outsideOf = ({ requests }: Visit, url: string): readonly string[] => {
  const { origin } = new URL(url);
  return requests.filter((one) => !one.startsWith(origin) && !/^(data|blob):/.test(one));
};
