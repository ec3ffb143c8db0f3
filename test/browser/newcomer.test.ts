import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openGatewayAtScale, type TestGateway } from "../integration/graphql/gateway.ts";
import { findBarriers } from "./accessibility.ts";
import { keepPicture } from "./pictures.ts";
import { type FreshBrowser, openBrowser, outsideOf, visit } from "./visit.ts";

/** Beside seven others, importing and mirroring three domains takes a while. */
const FILL_MS = 400_000;

let gateway: TestGateway;
let browser: FreshBrowser;
beforeAll(async () => {
  // The newest whole month is the one before today: the dashboards reckon from now, as their readers do.
  const today = new Date().toISOString().slice(0, 10);
  gateway = await openGatewayAtScale(0.03, async () => undefined, today);
  browser = await openBrowser({ viewport: { width: 1300, height: 900 }, colorScheme: "light" });
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
}, FILL_MS);
afterAll(async () => {
  await browser?.close();
  await gateway?.close();
});

/** Amounts as MariaDB gives them: text, or null. */
type Line = Readonly<Record<string, string | null>>;

const sold = `
  from orderline as line
  join \`order\` on \`order\`.order_id = line.order_id
  join customer on customer.customer_id = \`order\`.customer_id
  join city on city.zip = customer.zip`;
const measures = `
  sum(if(\`order\`.status <> 'cancelled', line.line_total, 0)) as revenue,
  count(distinct if(\`order\`.status <> 'cancelled', \`order\`.order_id, null)) as orders`;

/** Revenue of each whole month, newest first, beside the same month a year before: from the tables, without a view. */
const readMonths = (): Promise<readonly Line[]> =>
  gateway.database.admin.query(`
    with month as (
      select date_format(\`order\`.placed_on, '%Y-%m-01') as day, ${measures} ${sold} group by 1
    )
    select now.day as placedOnMonth, now.revenue, cast(now.orders as char) as orders,
      past.revenue as \`yearBefore.revenue\`
    from month as now
    left join month as past on past.day = date_format(now.day - interval 1 year, '%Y-%m-01')
    where now.day < date_format(utc_date(), '%Y-%m-01')
    order by now.day desc limit 13`);

/** What each state bought more or less in the newest whole quarter than in that of the year before. */
const readStates = (): Promise<readonly Line[]> =>
  gateway.database.admin.query(`
    with quarter as (
      select city.state, makedate(year(\`order\`.placed_on), 1) + interval quarter(\`order\`.placed_on) - 1 quarter as day,
        ${measures} ${sold} group by 1, 2
    ), newest as (
      select max(day) as day from quarter
      where day < makedate(year(utc_date()), 1) + interval quarter(utc_date()) - 1 quarter
    )
    select state,
      sum(if(quarter.day = newest.day, revenue, 0)) as revenue,
      sum(if(quarter.day = newest.day, revenue, -revenue)) as difference
    from quarter join newest on quarter.day in (newest.day, newest.day - interval 1 year)
    group by state order by state`);

const tileOf = (page: Page, title: string) =>
  page.locator(".tile").filter({ has: page.getByRole("heading", { name: title, exact: true }) });

/** The figures behind a chart, as they are read: a line of texts per row, numbers without commas and units. */
async function readFigures(tile: Locator): Promise<readonly (readonly string[])[]> {
  const { label, rows } = await tile.locator(".figures-table").evaluate((section) => ({
    label: section.getAttribute("aria-label"),
    rows: [...section.querySelectorAll("tbody tr")].map((row) =>
      [...row.querySelectorAll("td")].map((cell) => cell.textContent ?? ""),
    ),
  }));
  expect(label).toMatch(/figures$/);
  return rows.map((cells) => cells.map(toPlain));
}
const toPlain = (text: string) => (text === "–" ? "" : (text.split("\u00a0")[0] ?? "").replaceAll(",", ""));
const toCells = (lines: readonly Line[]) => lines.map((line) => Object.values(line).map((one) => one ?? ""));
const cents = (amount: string | null | undefined) => BigInt((amount ?? "0").replace(".", ""));

/** What a bar says: its state, and the change in dollars. */
async function readBars(tile: Locator): Promise<ReadonlyMap<string, string>> {
  const said = await tile
    .locator("svg .mark-rect path")
    .evaluateAll((bars) => bars.map((bar) => bar.getAttribute("aria-label") ?? ""));
  return new Map(
    said.map((text) => {
      const [, state = text, change = ""] = /^State: (\w+); Change \(USD\): (.*?); /.exec(text) ?? [];
      return [state, change.replace("−", "-").replaceAll(",", "")];
    }),
  );
}

test("a newcomer reads whether business goes up, and where, and has the figures in a spreadsheet", async () => {
  const opened = await visit(browser.context, new URL("/", gateway.server.url).href, "h1");
  const { page, complaints } = opened;
  await keepPicture(page, "newcomer-1-start");
  await page
    .getByRole("main")
    .getByRole("link", { name: /How business goes/ })
    .click();
  await page.getByRole("heading", { name: "Business", level: 1 }).waitFor();
  await page.getByText("Is business going up, and where?").waitFor();
  const trend = tileOf(page, "Revenue beside the year before");
  const where = tileOf(page, "Where it goes up, and where down");
  await trend.locator("svg .mark-line path").first().waitFor();
  await where.locator("svg .mark-rect path").first().waitFor();
  await keepPicture(page, "newcomer-2-dashboard");

  // Is it going up? The newest whole month beside that of the year before: the figures behind the lines.
  await trend.locator("summary").click();
  await keepPicture(page, "newcomer-3-figures");
  const months = await readMonths();
  const figures = await readFigures(trend);
  expect(figures).toEqual(toCells(months));
  const [, revenue, , before] = figures[0] ?? [];
  const isUp = cents(revenue) > cents(before);
  expect(before).not.toBe("");
  expect(isUp).toBe(cents(months[0]?.revenue) > cents(months[0]?.["yearBefore.revenue"]));

  // And where? Each bar is a state: those above the line bought more, those below it less.
  const states = await readStates();
  const bars = await readBars(where);
  expect([...bars.keys()].sort()).toEqual(states.map(({ state }) => state));
  for (const { state, difference } of states)
    expect([state, Number(bars.get(state ?? ""))]).toEqual([state, Number(difference)]);

  // The figures go into a file, and by the clipboard into a spreadsheet.
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    trend.getByRole("button", { name: "CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("revenue-beside-the-year-before.csv");
  const [head, ...lines] = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
  expect(head).toBe(Object.keys(months[0] ?? {}).join(","));
  expect(lines.map((line) => line.split(","))).toEqual(toCells(months));

  await where.getByRole("button", { name: "Copy for a spreadsheet" }).click();
  await where.getByText("Copied.").waitFor();
  const pasted = await page.evaluate(() => navigator.clipboard.readText());
  const [columns = [], ...rows] = pasted.split("\r\n").map((line) => line.split("\t"));
  const [newest] = rows
    .map((row) => row[columns.indexOf("placedOnQuarter")] ?? "")
    .sort()
    .reverse();
  const copied = rows
    .filter((row) => row[columns.indexOf("placedOnQuarter")] === newest)
    .map((row) => [row[columns.indexOf("state")], row[columns.indexOf("revenue")]])
    // A state whose orders were all cancelled is among those that have a bar.
    .filter(([, revenue]) => cents(revenue) > 0n);
  const bought = states.filter(({ revenue }) => cents(revenue) > 0n);
  expect(copied.sort()).toEqual(bought.map(({ state, revenue }) => [state, revenue]));

  expect(await findBarriers(page)).toEqual([]);
  expect(outsideOf(opened, gateway.server.url)).toEqual([]);
  expect(complaints).toEqual([]);
});
