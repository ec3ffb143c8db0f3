import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { writeFiles } from "../../../src/imports/write-files.ts";
import { type ShopFile, shopDomain } from "../../support/shop-files.ts";
import { keeps, newPrices, openShopImports } from "../../support/shop-imports.ts";

const { importFrom, importShop, query, readSales, readKept } = openShopImports();

describe("a file that is not whole", () => {
  test("is one where every line has a comma too many: nothing is imported", async () => {
    await importShop();
    const before = await readSales();
    await expect(
      importShop({
        "orderlines.csv": (text) => text.replaceAll(/(\d)\n/g, "$1,\n"),
        "products.csv": newPrices,
      }),
    ).rejects.toMatchObject({
      code: "IMPORT_REFUSED",
      message: expect.stringContaining("Every line of orderlines.csv was refused. Nothing was imported."),
    });
    expect(await readSales()).toEqual(before);
    expect(await query("select current_price from product where product_id = 0")).toEqual([
      { current_price: "42.99" },
    ]);
  });

  test("is one with a header only, where the shop has lines: nothing is imported", async () => {
    await importShop();
    const before = await readSales();
    await expect(importShop({ "orderlines.csv": "OID,PID\n" })).rejects.toMatchObject({
      code: "IMPORT_REFUSED",
      message:
        "Of 4 rows that the files concern, 4 (100.0 %) would be deleted or lose what they hold, because " +
        "orderlines.csv lacks it. orderlines.csv holds no line. Nothing was imported. Fetch the files again, or give " +
        "--allow-deletes if this is meant.",
    });
    expect(await readSales()).toEqual(before);
  });

  test("may have a header only where the shop has nothing", async () => {
    const summary = await importShop({
      "orders.csv": "OID,CID,Ordered,Shipped\n",
      "orderlines.csv": "OID,PID\n",
    });
    expect(summary).toMatchObject({ rejects: 0, warnings: 0 });
  });

  test.each<[string, (text: string) => string, string]>([
    [
      "cut between two orders",
      (text) => text.replace("1,1\n2,0\n", ""),
      "orders of orders.csv have no line in orderlines.csv",
    ],
    [
      "cut within an order",
      (text) => text.replace("0,1\n1,1\n2,0\n", ""),
      "orders of orders.csv have no line in orderlines.csv",
    ],
    [
      "cut before the last line end",
      (text) => text.replace("0,1\n", "").trimEnd(),
      "the last line of orderlines.csv has no line end",
    ],
  ])("deletes nothing: %s", async (_, cut, why) => {
    await importShop();
    const before = await readSales();
    await importShop({ "orderlines.csv": cut });
    expect(await readSales()).toEqual(before);
    expect((await readKept()).map(({ reason }) => reason)).toContain(keeps(0, why).reason);

    await importShop({ "orderlines.csv": cut }, { allowDeletes: true });
    expect(await readSales()).not.toEqual(before);
  });

  test("and would delete more than its share stops the run before anything changes", async () => {
    const dir = await mkdtemp(join(tmpdir(), "vitrine-shop-"));
    onTestFinished(() => rm(dir, { recursive: true }));
    await writeFiles(shopDomain.generate?.({ scale: 0.02, seed: 7, clean: true }) ?? [], dir);
    await importFrom(dir);
    const before = await readSales();
    const path = join(dir, "orderlines.csv");
    const lines = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, `${lines.slice(0, Math.floor(lines.length / 2)).join("\n")}\n`);
    await expect(importFrom(dir)).rejects.toMatchObject({
      code: "IMPORT_REFUSED",
      message: expect.stringMatching(
        /^Of 1,\d+ rows .*, \d+ \((49|50)\.\d %\) would be .* That is over 10 %:/,
      ),
      details: { file: "orderlines.csv", percent: 10 },
    });
    expect(await readSales()).toEqual(before);
    expect(await query("select count(*) as n from vitrine_import_run")).toEqual([{ n: "1" }]);
    await expect(importFrom(dir, { allowDeletes: 40 })).rejects.toMatchObject({ code: "IMPORT_REFUSED" });
    const { tables } = await importFrom(dir, { allowDeletes: true });
    expect(tables.find(({ table }) => table === "orderline")?.deleted).toBeGreaterThan(400);
  });
});

test.each<[ShopFile, RegExp, string]>([
  ["customers.csv", /[^,]*$/gm, ""],
  ["customers.csv", /,[^,]*,([^,]*)$/gm, ",,$1"],
  ["orders.csv", /[^,]*$/gm, ""],
])("a column that is blank on all lines takes nothing away: %s, %s", async (file, column, blank) => {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-shop-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFiles(shopDomain.generate?.({ scale: 0.05, seed: 7, clean: true }) ?? [], dir);
  await importFrom(dir);
  const [header, ...lines] = (await readFile(join(dir, file), "utf8")).split("\n");
  await writeFile(join(dir, file), [header, ...lines.map((line) => line.replace(column, blank))].join("\n"));
  const readValues = () =>
    Promise.all([
      query("select customer_id, email, birthdate from customer order by 1"),
      query("select order_id, status, date_shipped from `order` order by 1"),
    ]);
  const before = await readValues();
  await expect(importFrom(dir)).rejects.toMatchObject({ code: "IMPORT_REFUSED", details: { file } });
  expect(await readValues()).toEqual(before);
  await importFrom(dir, { allowDeletes: true });
  expect(await readValues()).not.toEqual(before);
});
