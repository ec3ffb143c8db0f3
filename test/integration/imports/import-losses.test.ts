import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { posImport } from "../../../src/domains/pos/import.ts";
import { stageFile } from "../../../src/imports/stage-file.ts";
import { writeShopFiles } from "../../support/shop-files.ts";
import { keeps, newPrices, openShopImports } from "../../support/shop-imports.ts";

const { database, importShop, query, readSales, readKept } = openShopImports();

describe("a line of orderlines.csv that is refused", () => {
  test("with a typo leaves its order as it is, and lists it", async () => {
    await importShop();
    const before = await readSales();
    const summary = await importShop({ "orderlines.csv": (text) => text.replace("0,1\n", "0,1;\n") });
    expect(await readSales()).toEqual(before);
    expect(summary).toMatchObject({ rejects: 1, warnings: 1 });
    expect(await readKept()).toEqual([keeps(0, "a line of it was refused")]);
  });

  test("with a typo loses no price paid, also once it is mended", async () => {
    await importShop();
    const before = await readSales();
    await importShop({
      "orderlines.csv": (text) => text.replace("0,1\n", "0,1;\n"),
      "products.csv": newPrices,
    });
    await importShop({ "products.csv": newPrices });
    expect(await readSales()).toEqual(before);
  });

  test.each<[string, string, string]>([
    ["a piece of a line that has others", "0,0\n0,0\n", "0,0\n0,0;\n"],
    ["a line of an unknown product", "0,1\n", "0,7\n"],
    ["a line with a value too long", "0,1\n", `0,1${" ".repeat(600)}\n`],
    ["beside a line that is new", "0,1\n", "0,x\n2,1\n"],
  ])("leaves the quantities of its order: %s", async (_, line, other) => {
    await importShop();
    const before = await readSales();
    await importShop({ "orderlines.csv": (text) => text.replace(line, other) });
    const [lines, orders] = await readSales();
    expect([lines?.filter((one) => one.order_id !== 2), orders?.filter((one) => one.order_id !== 2)]).toEqual(
      [before[0].filter((one) => one.order_id !== 2), before[1].filter((one) => one.order_id !== 2)],
    );
    expect(await readKept()).toEqual([keeps(0, "a line of it was refused")]);
  });

  test.each<[string, (text: string) => string]>([
    ["with a column too many", (text) => text.replace("0,1\n", "0,1,\n")],
    ["without an order", (text) => text.replace("0,1\n", ",1\n")],
    ["with another order that is no number", (text) => text.replace("0,1\n", "O,1\n")],
    ["with a lost quote that swallows lines", (text) => text.replace("0,1\n1,1\n", '2,"1\n0,1\n1,1"\n')],
    ["with a quote that is not closed", (text) => text.replace("0,1\n", '"0,1\n')],
  ])("whose order cannot be read forbids every deletion of the run: %s", async (_, change) => {
    await importShop();
    const [lines] = await readSales();
    await importShop({
      // A new line comes, whatever else is not sure.
      "orderlines.csv": (text) => `${change(text)}1,0\n`,
    });
    expect((await readSales())[0].filter((one) => one.order_id !== 1 || one.product_id !== 0)).toEqual(lines);
    expect((await readKept()).map(({ reason }) => reason)).toContain(
      keeps(0, "a refused line may be of it").reason,
    );
  });

  test("does not hold up other orders", async () => {
    await importShop();
    await importShop({
      "orderlines.csv": (text) => text.replace("0,1\n", "0,x\n").replace("2,0\n", "2,1\n2,1\n"),
    });
    expect(await query("select product_id, quantity from orderline where order_id = 2")).toEqual([
      { product_id: 1, quantity: 2 },
    ]);
    expect(await query("select subtotal from `order` where order_id = 2")).toEqual([{ subtotal: "2559.98" }]);
    expect(await query("select count(*) as n from orderline where order_id = 0")).toEqual([{ n: "2" }]);
  });

  test("leaves its order as it is when the files come again, without a word", async () => {
    const changes = { "orderlines.csv": (text: string) => text.replace("0,1\n", "0,x\n") };
    await importShop(changes);
    const before = await readSales();
    const again = await importShop(changes);
    expect(await readSales()).toEqual(before);
    expect(again).toMatchObject({ rejects: 1, warnings: 0 });
  });
});

test("a line that a terminal sells while an import runs stays, and the totals are right", async () => {
  await importShop();
  // Products of the files wait until the import is over.
  await query(
    "insert into product (product_id, name, current_price, available_quantity) values (9, 'Bed', 5, 9)",
  );
  const dir = await writeShopFiles({ "orderlines.csv": (text) => text.replace("0,1\n", "") });
  const { files, procedures } = posImport;
  const judged = procedures.indexOf("keep_orders") + 1;
  await database.admin.withConnection(async (connection) => {
    await connection.run("set transaction isolation level read committed");
    await connection.run("start transaction");
    for (const file of files) await stageFile(connection, join(dir, file.file), file);
    for (const name of procedures.slice(0, judged)) await connection.query(`call ${name}()`);
    // Of an order that the import leaves alone, then of one that it changes.
    await query("insert into orderline (order_id, product_id) values (2, 9)");
    await expect(
      query(
        "set statement innodb_lock_wait_timeout = 0 for insert into orderline (order_id, product_id) values (0, 9)",
      ),
    ).rejects.toThrow("Lock wait timeout exceeded");
    for (const name of procedures.slice(judged)) await connection.query(`call ${name}()`);
    await connection.run("commit");
  });
  expect(await query("select order_id, product_id from orderline order by 1, 2")).toEqual([
    { order_id: 0, product_id: 0 },
    { order_id: 1, product_id: 1 },
    { order_id: 2, product_id: 0 },
    { order_id: 2, product_id: 9 },
  ]);
  expect(
    await query(`select o.order_id from \`order\` o join orderline l using (order_id)
      group by o.order_id, o.subtotal having o.subtotal <> sum(l.line_total)`),
  ).toEqual([]);
});

test("a line that comes back has the price that was paid, not that of today", async () => {
  await importShop();
  const before = await readSales();
  await importShop({ "orderlines.csv": (text) => text.replace("0,1\n", "") });
  expect(await query("select count(*) as n from orderline where order_id = 0")).toEqual([{ n: "1" }]);
  await importShop({ "products.csv": newPrices });
  expect(await readSales()).toEqual(before);
});

test("a city is renamed by the customers that there are, not by those that are left when lines are refused", async () => {
  const townships = (n: number) =>
    Array.from({ length: n }, (_, i) => `${i + 2},C,D,Houston Twp,TX,77001,s,,,\n`).join("");
  const others = "7,E,F,Houston,TX,77001,s,,,\n8,E,F,Houston,TX,77001,s,,,\n";
  const readCity = async () => (await query("select city from city where zip = '77001'"))[0]?.city;
  await importShop({ "customers.csv": (text) => `${text}${others}${townships(2)}` });
  expect(await readCity()).toBe("Houston");
  // Two of Houston are refused; then one of nobody knows where.
  await importShop({ "customers.csv": (text) => `${text}${others.replaceAll("E,F", ",F")}${townships(2)}` });
  expect(await readCity()).toBe("Houston");
  await importShop({ "customers.csv": (text) => `${text}9,E,F,Houston,TX,x,s,,,\n${townships(2)}` });
  expect(await readCity()).toBe("Houston");
  // Whatever the refused line says, there are more.
  await importShop({ "customers.csv": (text) => `${text}9,E,F,Houston,TX,x,s,,,\n${townships(3)}` });
  expect(await readCity()).toBe("Houston Twp");
});
