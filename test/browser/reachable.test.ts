import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createExplainRule } from "../../src/graphql/explain-rule.ts";
import type { DashboardSettings } from "../../src/web/dashboard/page-settings.ts";
import type { Dictionary, DocsExample } from "../../src/web/docs/page-settings.ts";
import project from "../../vitrine.config.ts";
import { openTestGateway, type TestGateway } from "../integration/graphql/gateway.ts";
import { type Crawled, crawl } from "./crawl.ts";
import { keepPicture } from "./pictures.ts";
import { type Promises, readPromises } from "./promises.ts";
import { type FreshBrowser, openBrowser, visit } from "./visit.ts";

let gateway: TestGateway;
let browser: FreshBrowser;
let home: string;
let crawled: Crawled;
let promises: Promises;
beforeAll(async () => {
  const explain = createExplainRule("on", "127.0.0.1", async (model) => `the view of ${model}`);
  gateway = await openTestGateway({ explain }, undefined, project);
  browser = await openBrowser({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  home = new URL("/", gateway.server.url).href;
  crawled = await crawl(browser.context, home);
  promises = await readPromises();
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await gateway?.close();
});

const readData = async <T>(name: string): Promise<T> =>
  (await fetch(new URL(`/data/docs/${name}.json`, home))).json() as Promise<T>;

/** Where each export form stands, by the name that `vitrine export` has for it. */
const fileOf = (model: string, form: string) => {
  const [format = "", excel] = form.split(" --");
  return `/export/${model}.${format}${excel ? `?${excel}=true` : ""}`;
};

describe("From the start page one comes by clicking", () => {
  test("to every page, every dashboard, every entry of the docs, and every example", async () => {
    const { pages = [] } = gateway.options;
    const dashboards = (pages.find(({ name }) => name === "dashboard")?.settings as DashboardSettings)
      ?.dashboards;
    expect(dashboards.length).toBeGreaterThan(3);
    const { entries } = await readData<Dictionary>("dictionary");
    const examples = await readData<readonly DocsExample[]>("examples");
    const wanted = [
      ...pages.map(({ path }) => path),
      ...dashboards.map(({ name }) => `/dashboard/${name}`),
      ...entries.map(({ kind, name }) => `/docs/${kind}/${encodeURIComponent(name)}`),
      ...gateway.database.project.domains.map(({ name }) => `/docs/diagram/${name}/tables`),
    ];
    const paths = new Set([...crawled.links].map((link) => link.replace(/\?.*$/, "")));
    expect(wanted.filter((path) => !paths.has(path))).toEqual([]);
    expect(examples.length).toBeGreaterThan(50);
    expect(examples.filter(({ href }) => !crawled.links.has(href)).map(({ title }) => title)).toEqual([]);
  });

  test("to every address that the docs name", async () => {
    // Each entry is come to, and shows its files: the tests beside this one.
    const { entries } = await readData<Dictionary>("dictionary");
    const files = entries.flatMap((entry) => (entry.files ?? []).map(({ href }) => href));
    const linked = [...crawled.links, ...files].map((link) => link.replace(/\?.*$/, ""));
    expect(promises.addresses).toEqual(expect.arrayContaining(["/dashboard", "/docs", "/metrics"]));
    const missing = promises.addresses.filter((address) => {
      const form = new RegExp(`^${address.replace(/[.]/g, "\\.").replace(/<\w+>/g, "[^/]+")}$`);
      return !linked.some((link) => form.test(link));
    });
    expect(missing).toEqual([]);
  });

  test("to a file of every model in every form that the docs name, and each is there", async () => {
    const { entries } = await readData<Dictionary>("dictionary");
    const models = gateway.options.exported?.models ?? [];
    expect(promises.formats.length).toBeGreaterThan(5);
    const wanted = (name: string) => promises.formats.map((form) => fileOf(name, form)).sort();
    for (const { name } of models) {
      const entry = entries.find((one) => one.name === name && (one.kind === "model" || one.kind === "cube"));
      expect([...(entry?.files ?? [])].map(({ href }) => href).sort(), name).toEqual(wanted(name));
    }
    const { page } = await visit(browser.context, new URL("/docs/model/order_details", home).href, "h1");
    await keepPicture(page, "reachable-files");
    const shown = page.locator(".docs-files a");
    expect((await shown.evaluateAll((all) => all.map((one) => one.getAttribute("href")))).sort()).toEqual(
      wanted("order_details"),
    );
    for (const link of await shown.all()) {
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      expect(await download.failure()).toBeNull();
      expect(download.suggestedFilename()).toMatch(/^\w+\.\w+$/);
    }
    await page.close();
  });
});

/** From the start page to what the docs emphasise: the clicks, and what stands there then. */
const ways: Readonly<Record<string, (page: Page) => Promise<Locator>>> = {
  CSV: async (page) => {
    await openDashboards(page);
    return page.getByRole("button", { name: /^CSV/ }).first();
  },
  "Copy for a spreadsheet": async (page) => {
    await openDashboards(page);
    return page.getByRole("button", { name: /^Copy for a spreadsheet/ }).first();
  },
  "Open in GraphiQL": async (page) => {
    await openDashboards(page);
    return page.getByRole("link", { name: /^Open in GraphiQL/ }).first();
  },
  "Copy link": async (page) => {
    await openQuestion(page, "Top product");
    return page.getByRole("button", { name: "Copy link", exact: true });
  },
  "Save as example": async (page) => {
    await openQuestion(page, "Top product");
    return page.getByRole("button", { name: "Save as example", exact: true });
  },
  Mine: async (page) => {
    await openQuestion(page, "Top product");
    await page.getByRole("button", { name: "Save as example", exact: true }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    return page.locator("summary").getByText("Mine", { exact: true });
  },
  Explain: async (page) => {
    await openQuestion(page, "Top product");
    await page.locator(".data-table tbody tr").first().waitFor();
    await page.getByRole("button", { name: "SQL", exact: true }).click();
    return page.getByRole("button", { name: "Explain", exact: true });
  },
  List: async (page) => {
    await openExample(page, "Products and their buyers");
    return page.locator("label", { hasText: /^List/ }).getByRole("combobox");
  },
};

const openDashboards = async (page: Page) => {
  await page.getByRole("navigation").getByRole("link", { name: "Dashboard" }).click();
  await page.locator(".tile footer").first().waitFor();
};
const openQuestion = async (page: Page, title: string) => {
  await page.getByRole("link", { name: title, exact: true }).click();
  await page.locator(".graphiql-execute-button").waitFor();
};
const openExample = async (page: Page, title: string) => {
  await page.getByRole("navigation").getByRole("link", { name: "Docs" }).click();
  await page.getByRole("link", { name: "Examples", exact: true }).click();
  await openQuestion(page, title);
};

describe("What the docs emphasise stands on the pages", () => {
  test("and for each there is a way from the start page", async () => {
    expect(promises.labels).toEqual(Object.keys(ways).sort());
    for (const [label, walk] of Object.entries(ways)) {
      const { page } = await visit(browser.context, home, "h1");
      await (await walk(page)).waitFor({ timeout: 20_000 }).catch((error: unknown) => {
        throw new Error(`*${label}*: ${String(error)}`);
      });
      await page.close();
    }
  });

  test("and an answer has every view that they list", async () => {
    const { page } = await visit(browser.context, home, "h1");
    await openQuestion(page, "Top product");
    expect(await page.locator(".result-views button").allTextContents()).toEqual(promises.views);
    const shows = {
      Table: ".data-table td",
      Chart: ".chart-picture svg",
      JSON: ".graphiql-response",
      SQL: "button:text-is('Explain')",
    };
    expect(promises.views).toEqual(Object.keys(shows));
    for (const [view, selector] of Object.entries(shows)) {
      await page.getByRole("button", { name: view, exact: true }).click();
      await page.locator(selector).first().waitFor();
    }
    await page.getByRole("button", { name: "Explain", exact: true }).click();
    await page.locator(".sql-view pre").first().waitFor();
    await page.close();
  });
});
