import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pos } from "../../../src/domains/pos/index.ts";
import { importFiles } from "../../../src/imports/import-files.ts";
import { writeFiles } from "../../../src/imports/write-files.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { deriveFigures } from "../../support/figures-oracle.ts";
import { readDocuments } from "../../support/model-contract.ts";
import { shopAlone } from "../../support/shop-alone.ts";
import { deriveDocuments } from "../../support/shop-oracle.ts";

let db: TestDatabase;
let expected: Awaited<ReturnType<typeof deriveDocuments>>;

/** A generated shop with all of its dirt, over some years, and the price changes that files do not bring. */
beforeAll(async () => {
  db = await openTestDatabase({ project: shopAlone });
  const dir = await mkdtemp(join(tmpdir(), "oracle-"));
  await writeFiles(pos.generate?.({ scale: 0.1, seed: 11, clean: false }) ?? [], dir);
  await importFiles({ admin: db.admin, domain: pos, dir });
  await rm(dir, { recursive: true });
  // So small a shop is not a year old: its customers would all be of one recency, its months without a gap.
  await db.admin.run(
    "update `order` set date_placed = date_placed - interval (customer_id % 6) * 270 day where customer_id % 6 > 0",
  );
  await db.admin.run(
    `insert into price_history (product_id, old_price, new_price, changed_at)
    select product_id, current_price + product_id % 7, current_price, '2024-01-01' - interval product_id % 3 day
    from product where product_id % 5 < 3`,
  );
  await db.admin.run(
    `insert into price_history (product_id, old_price, new_price, changed_at)
    select product_id, 1, current_price + product_id % 7, '2023-12-30 12:00:00.123'
    from product where product_id % 5 = 1`,
  );
  // The newest order is a cancelled one, and has no lines: recency does not count from it.
  await db.admin.run(
    `insert into \`order\` (customer_id, date_placed, status)
    select min(customer_id), max(date_placed) + interval 200 day, 'cancelled' from \`order\``,
  );
  // Free lines and halves of a cent, which the generated prices never give.
  await db.admin.run(
    "update orderline set unit_price = if(product_id % 2 = 0, 0, 0.05) where order_id % 97 = 0",
  );
  expected = { ...(await deriveDocuments(db.admin)), ...(await deriveFigures(db.admin)) };
});
afterAll(() => db?.close());

test("the shop is not too simple: falling months, most segments, cancelled sales and free lines occur", async () => {
  const of = (name: string) => [...(expected[name]?.values() ?? [])] as Record<string, unknown>[];
  const inhabited = of("customer_segments").filter(({ customers }) => customers !== 0);
  expect(inhabited.length).toBeGreaterThan(12);
  expect(inhabited.some(({ repeatRate }) => !Number.isInteger(repeatRate))).toBe(true);
  expect(of("sales_trend").some(({ change }) => Number(change) < 0)).toBe(true);
  expect(of("sales").filter(({ revenue }) => revenue === 0).length).toBeGreaterThan(5);
  const months = of("sales_by_placed_on_month_state_status");
  expect(months.some(({ revenue, bookedRevenue }) => revenue === 0 && Number(bookedRevenue) > 0)).toBe(true);
  expect(months.some(({ orders }) => Number(orders) > 1)).toBe(true);
  expect(
    of("sales_by_product_id").some(({ units, bookedUnits }) => Number(units) < Number(bookedUnits)),
  ).toBe(true);
  expect(of("product_demand").some(({ lastOrderOn }) => lastOrderOn === null)).toBe(true);
});

test.each(pos.models.map(({ name }) => name))(
  "every document of %s is what the base tables say",
  async (name) => {
    const model = pos.models.find((one) => one.name === name);
    if (!model) throw new Error(`${name} is no model.`);
    const shown = [...(await readDocuments(db.admin, model))];
    const documents = new Map(shown.map(([id, text]) => [id, JSON.parse(text) as unknown]));
    expect(new Set(documents.keys())).toEqual(new Set(expected[name]?.keys()));
    for (const [id, document] of documents)
      expect(document, `${name} ${id}`).toEqual(expected[name]?.get(id));
  },
);

test("the shares of tax of the lines of every order are its tax, and each is fair to the cent", async () => {
  const orders = await db.admin.query<{ sales_tax: string; shares: string; unfair: string }>(
    `select o.sales_tax, sum(s.tax) as shares,
      sum(abs(s.tax - o.sales_tax * l.line_total / nullif(o.subtotal, 0)) >= 0.01) as unfair
    from \`order\` o join sale_line s on s.order_id = o.order_id join orderline l on l.sale_id = s.sale_id
    where o.subtotal > 0 group by o.order_id`,
  );
  expect(orders.length).toBeGreaterThan(2000);
  for (const { sales_tax, shares, unfair } of orders)
    expect({ shares, unfair }).toEqual({ shares: sales_tax, unfair: "0" });
});

test("subtotal and tax of every order are those of its lines, at the rate of its customer's zip, halves up", async () => {
  const read = db.admin.query<Record<string, string>>;
  const rates = new Map(
    (await read("select zip, combined_rate as rate from sales_tax")).map(({ zip, rate }) => [
      zip,
      toWhole(rate),
    ]),
  );
  const subtotals = new Map<string | undefined, bigint>();
  for (const line of await read("select order_id, quantity, unit_price as price from orderline"))
    subtotals.set(
      line.order_id,
      (subtotals.get(line.order_id) ?? 0n) + BigInt(line.quantity ?? "") * toWhole(line.price),
    );
  const orders = await read(
    "select order_id, status, zip, subtotal, sales_tax, total from `order` join customer using (customer_id)",
  );
  // Cents times hundred thousandths: half a cent is 50,000 of the product.
  const taxOf = (cents: bigint, zip: string | undefined) =>
    (cents * (rates.get(zip) ?? 0n) + 50_000n) / 100_000n;
  const wrong = orders.filter(({ order_id, zip, subtotal, sales_tax, total }) => {
    const cents = subtotals.get(order_id) ?? 0n;
    const tax = taxOf(cents, zip);
    return toWhole(subtotal) !== cents || toWhole(sales_tax) !== tax || toWhole(total) !== cents + tax;
  });
  expect(wrong).toEqual([]);
  const taxed = (has: boolean) => orders.filter(({ zip }) => rates.has(zip) === has).length;
  expect([taxed(true) > 2000, taxed(false) > 0]).toEqual([true, true]);
  expect(orders.some(({ status, sales_tax }) => status === "cancelled" && Number(sales_tax) > 0)).toBe(true);
});

/** `"0.08250"` → 8250n: a decimal in units of its last digit. */
const toWhole = (decimal: string | undefined) => BigInt((decimal ?? "").replace(".", ""));
