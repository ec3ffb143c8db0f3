import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { getIntrospectionQuery } from "graphql";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openRoleGateway, type RoleGateway } from "../integration/graphql/role-gateway.ts";
import { readRecipes } from "../support/how-to-recipes.ts";
import { findBarriers } from "./accessibility.ts";
import { type FreshBrowser, openBrowser, outsideOf, visit } from "./visit.ts";

/** Whoever opens a page is asked who they are, and shown what their role has. */
let gateway: RoleGateway;
let base: string;
let browser: FreshBrowser;
beforeAll(async () => {
  gateway = await openRoleGateway();
  base = gateway.server.url.replace("/graphql", "");
});
afterAll(() => gateway?.close());
beforeEach(async () => {
  browser = await openBrowser();
  return () => browser.close();
});

const keyOf = async (role: string, claims = {}) =>
  (await gateway.as(role, claims)).authorization.slice("Bearer ".length);

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel("Key or token").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Opens a path as somebody, by the page that asks them who they are. */
async function visitAs(role: string, path: string, selector: string, claims = {}) {
  const opened = await visit(browser.context, `${base}${path}`, "#token");
  await signIn(opened.page, await keyOf(role, claims));
  await opened.page.waitForURL(({ pathname }) => pathname !== "/sign-in");
  await opened.page.locator(selector).first().waitFor();
  return opened;
}

test("a page asks who its visitor is, keeps their key from scripts, leads back, and lets them go", async () => {
  const opened = await visit(browser.context, `${base}/docs?part=models`, "#token");
  const { page, complaints } = opened;
  expect(new URL(page.url()).pathname).toBe("/sign-in");
  expect(await findBarriers(page)).toEqual([]);
  await signIn(page, "vitrine_nobody");
  await page.getByRole("alert").getByText("Nobody is known by this key").waitFor();
  await signIn(page, await keyOf("support"));
  await page.waitForURL(`${base}/docs?part=models`);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  expect(await page.evaluate(() => document.cookie)).toBe("");
  const [cookie] = await browser.context.cookies();
  expect(cookie).toMatchObject({ name: "vitrine_session", httpOnly: true, sameSite: "Strict" });
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${base}/sign-in`);
  expect(await browser.context.cookies()).toEqual([]);
  await page.goto(`${base}/graphql`);
  expect(new URL(page.url()).pathname).toBe("/sign-in");
  expect(outsideOf(opened, base)).toEqual([]);
  // The key that nobody has, told by the console as well.
  expect(complaints.filter((one) => !one.includes("401"))).toEqual([]);
});

test("a link that leads elsewhere after signing in does not", async () => {
  for (const to of ["https://evil.example/", "//evil.example/", "\\\\evil.example", "javascript:alert(1)"]) {
    const { page } = await visit(browser.context, `${base}/sign-in?${new URLSearchParams({ to })}`, "#token");
    await signIn(page, await keyOf("analyst"));
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    expect([to, new URL(page.url()).origin]).toEqual([to, base]);
    await page.close();
  }
});

test("another site's page asks nothing in the name of a visitor who signed in", async () => {
  const { page } = await visitAs("admin", "/", "h1");
  const other = await gateway.open.server.url
    .replace("127.0.0.1", "localhost")
    .replace("/graphql", "/healthz");
  await page.goto(other);
  const outcome = await page.evaluate(async (url) => {
    const tries = [
      () =>
        fetch(url, {
          method: "POST",
          credentials: "include",
          headers: { "content-type": "application/json" },
          body: "{}",
        }),
      () => fetch(`${url}?query={__typename}`, { credentials: "include" }),
    ];
    const told: string[] = [];
    for (const one of tries)
      told.push(
        await one().then(
          async (r) => `${r.status} ${await r.text()}`,
          () => "refused",
        ),
      );
    const socket = new WebSocket(url.replace("http", "ws"), "graphql-transport-ws");
    told.push(
      await new Promise((resolve) => {
        socket.onopen = () => resolve("open");
        socket.onclose = () => resolve("refused");
      }),
    );
    return told;
  }, gateway.server.url);
  expect(outcome).toEqual(["refused", "refused", "refused"]);
});

const runQuery = async (page: Page, query: string): Promise<string> => {
  await page.goto(`${base}/graphql?${new URLSearchParams({ query, variables: "{}" })}`);
  await page.locator(".graphiql-execute-button").waitFor();
  await expect
    .poll(async () =>
      ((await page.locator(".graphiql-query-editor").textContent()) ?? "").replaceAll("\u00a0", " "),
    )
    .toContain(query.slice(0, 20));
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await page.locator(".graphiql-execute-button").click();
  const response = async () =>
    ((await page.locator(".graphiql-response").textContent()) ?? "").replaceAll("\u00a0", " ");
  await expect.poll(response).toMatch(/"(?:data|errors)"/);
  return response();
};

/** What the commands of the page on signing in print for a key: the answer to a query, then a file. */
async function curl(key: string, query: string): Promise<string> {
  const recipe = readRecipes("how-to/sign-in.md").find(
    ({ heading, code }) => heading === "Ask" && code.includes("curl"),
  );
  const [command = ""] = /^curl [\s\S]*?\/graphql$/m.exec(recipe?.code ?? "") ?? [];
  const own = command
    .replace("KEY", key)
    .replace(/'\{ "query": .*\}'/, () => `'${JSON.stringify({ query })}'`)
    .replace("http://127.0.0.1:4000", base);
  const { stdout } = await promisify(execFile)("sh", ["-c", own]);
  return stdout;
}

test.each<readonly [string, Record<string, unknown>, string, string, RegExp]>([
  [
    "customer",
    { customer_id: 1 },
    "query Own { orderConnection(first: 3) { nodes { customerId } } }",
    '"customerId": 1',
    /orderChecks|runs|updatePrice/,
  ],
  ["support", {}, "query Look { customer(id: 1) { name } }", '"name": "…', /recordSale|"runs"|salesTrend/],
  [
    "analyst",
    {},
    "query Sum { sales(groupBy: [STATE]) { state revenue } }",
    '"revenue"',
    /customerConnection|recordSale|"runs"/,
  ],
  [
    "admin",
    {},
    "query All { runs(first: 1) { name } customer(id: 1) { email } }",
    '"email"',
    /nothing is hidden/,
  ],
])(
  "%s finds in GraphiQL, docs, dashboards and by curl what the role has, and no fault",
  async (role, claims, query, found, hidden) => {
    const opened = await visitAs(role, "/", "h1", claims);
    const { page, complaints } = opened;
    const answer = await runQuery(page, query);
    expect(answer).toContain(found);
    expect(answer).not.toContain('"errors"');
    const key = await keyOf(role, claims);
    const { data } = JSON.parse(await curl(key, query)) as { readonly data: unknown };
    expect(answer.replaceAll(/\s/g, "")).toContain(JSON.stringify(data).replaceAll(/\s/g, ""));
    const texts = [await page.content(), await curl(key, getIntrospectionQuery())];
    for (const path of ["/docs", "/dashboard"]) {
      await page.goto(`${base}${path}`);
      await page.getByRole("button", { name: "Sign out" }).waitFor();
      texts.push(await page.content());
    }
    expect(texts.filter((text) => hidden.test(text)).map((text) => hidden.exec(text)?.[0])).toEqual([]);
    expect(complaints).toEqual([]);
  },
);
