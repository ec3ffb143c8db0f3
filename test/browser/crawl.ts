import type { BrowserContext, Page } from "playwright-core";

/** What stands on pages that one comes to by clicking. */
export interface Crawled {
  /** Every address that a link leads to, below the server, as the link has it. */
  readonly links: ReadonlySet<string>;
  /** Addresses of pages that were looked at. */
  readonly visited: readonly string[];
}

/** Pages of one form are alike: so many of each are looked at. */
const EACH_FORM = 2;

/**
 * Follows links from a page on, as somebody who clicks does. Of pages that differ in their last parts only
 * (`/docs/table/order`), two are looked at; links of all that are looked at are told. Files are not downloaded.
 */
export async function crawl(context: BrowserContext, start: string): Promise<Crawled> {
  const { origin } = new URL(start);
  const links = new Set<string>();
  const visited: string[] = [];
  const forms = new Map<string, number>();
  const queue = [start];
  const page = await context.newPage();
  for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
    const form = formOf(new URL(address));
    const count = forms.get(form) ?? 0;
    if (count >= EACH_FORM || visited.includes(address)) continue;
    forms.set(form, count + 1);
    const response = await page.goto(address);
    if (response?.status() !== 200)
      throw new Error(`${address} is linked, and answers ${response?.status()}.`);
    visited.push(address);
    if (!response.headers()["content-type"]?.startsWith("text/html")) continue;
    for (const link of await readLinks(page)) {
      const { origin: its, pathname, search } = new URL(link, address);
      if (its !== origin) continue;
      links.add(pathname + search);
      if (!pathname.startsWith("/export/")) queue.push(origin + pathname + search);
    }
  }
  await page.close();
  return { links, visited };
}

/** `/docs/table/order` and `/docs/table/city` are of one form, and so are all questions to GraphiQL. */
const formOf = ({ pathname, search }: URL): string => {
  const parts = pathname.split("/");
  return [...parts.slice(0, 3), parts.length > 3 ? "…" : "", search === "" ? "" : "?"].join("/");
};

/** So long a page is given to load what it shows, in milliseconds. One that goes on asking shows it by then, too. */
const LOADED_MS = 20_000;

/** The links of a page once it shows all that it has to: it loads nothing any more, or nothing that has changed its links. */
async function readLinks(page: Page): Promise<readonly string[]> {
  await page.waitForLoadState("networkidle", { timeout: LOADED_MS }).catch(() => undefined);
  await page.locator("h1, h2, .graphiql-execute-button").first().waitFor({ timeout: 120_000 });
  const read = () =>
    page.locator("a[href]").evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? ""));
  for (let before = await read(); ; ) {
    await page.waitForTimeout(300);
    const now = await read();
    if (now.join(" ") === before.join(" ")) return now;
    before = now;
  }
}
