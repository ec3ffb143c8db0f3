import { describe, expect, test } from "vitest";
import { append, openShopImports } from "../../support/shop-imports.ts";

const { importShop, query, remarks } = openShopImports();

describe("the shop's files", () => {
  test("become customers, orders, lines, products, rates and cities", async () => {
    const summary = await importShop();
    expect(summary).toMatchObject({ rejects: 0, corrections: 0, warnings: 0 });
    expect(Object.fromEntries(summary.tables.map((t) => [t.table, t.inserted]))).toEqual({
      sales_tax: 2,
      product: 2,
      city: 2,
      customer: 2,
      order: 3,
      orderline: 4,
    });
    expect(
      await query("select order_id, status, date_shipped, subtotal, sales_tax, total from `order`"),
    ).toEqual([
      // 2 × 42.99 + 1,279.99 = 1,365.97; × 0.0825 = 112.692525
      {
        order_id: 0,
        status: "shipped",
        date_shipped: "2005-01-05 12:30:00.000",
        subtotal: "1365.97",
        sales_tax: "112.69",
        total: "1478.66",
      },
      // 1,279.99 × 0.115 = 147.19885
      {
        order_id: 1,
        status: "cancelled",
        date_shipped: null,
        subtotal: "1279.99",
        sales_tax: "147.20",
        total: "1427.19",
      },
      {
        order_id: 2,
        status: "placed",
        date_shipped: null,
        subtotal: "42.99",
        sales_tax: "3.55",
        total: "46.54",
      },
    ]);
    expect(await query("select order_id, product_id, quantity, unit_price from orderline")).toEqual([
      { order_id: 0, product_id: 0, quantity: 2, unit_price: "42.99" },
      { order_id: 0, product_id: 1, quantity: 1, unit_price: "1279.99" },
      { order_id: 1, product_id: 1, quantity: 1, unit_price: "1279.99" },
      { order_id: 2, product_id: 0, quantity: 1, unit_price: "42.99" },
    ]);
    expect(await query("select * from vitrine_import_run")).toMatchObject([
      { domain: "pos", finished_at: expect.any(String) },
    ]);
  });

  test("give zips their leading zeros back", async () => {
    await importShop({ "customers.csv": (text) => text.replace("00678", "678") });
    expect(await query("select zip from customer where customer_id = 1")).toEqual([{ zip: "00678" }]);
    expect(await query("select zip from sales_tax order by zip")).toEqual([
      { zip: "00678" },
      { zip: "77001" },
    ]);
  });

  test("name the city of a zip by majority, then by the alphabet, and tell the others", async () => {
    await importShop({
      "customers.csv": (text) =>
        `${text}2,C,C,Huston,TX,77001,s,,,\n3,D,D,Houston,TX,77001,s,,,\n4,E,E,Beta,CA,90001,s,,,\n5,F,F,Alpha,CA,90001,s,,,\n`,
    });
    expect(await query("select zip, city from city order by zip")).toEqual([
      { zip: "00678", city: "Cabo Rojo" },
      { zip: "77001", city: "Houston" },
      { zip: "90001", city: "Alpha" },
    ]);
    expect(await remarks()).toEqual([
      "correction customers.csv:4 CT Huston, TX – zip 77001 is more often Houston, TX",
      "correction customers.csv:6 CT Beta, CA – zip 90001 is more often Alpha, CA",
      "warning customers.csv:6 ZP 90001 – this zip has no tax rate: its orders have no tax",
    ]);
  });

  test("tax nothing where a zip has no rate, and warn once per zip", async () => {
    await importShop({
      "TAXRATES.csv": (text) => text.replace(/^TX.*\n/m, ""),
      "customers.csv": append("2,Cy,Dee,Houston,TX,77001,s,,,"),
    });
    expect(await query("select distinct sales_tax from `order` where customer_id = 0")).toEqual([
      { sales_tax: "0.00" },
    ]);
    expect(await remarks()).toEqual([
      "warning customers.csv:2 ZP 77001 – this zip has no tax rate: its orders have no tax",
    ]);
  });

  test("leave a blank birth date and second street unknown, and read M/D/YYYY unpadded", async () => {
    await importShop({ "customers.csv": append("2,Cy,Dee,Houston,TX,77001,s,,,1/2/1980") });
    expect(await query("select birthdate, address2 from customer order by customer_id")).toEqual([
      { birthdate: "1975-12-10", address2: null },
      { birthdate: null, address2: "Apt 3" },
      { birthdate: "1980-01-02", address2: null },
    ]);
  });

  test("state prices in four forms", async () => {
    await importShop({
      "products.csv": (text) =>
        `${text}2,A,$999.99,1\n3,B,"$9,999.99",1\n4,C,$999,1\n5,D,$9999.99,1\n6,E,12.5,1\n`,
    });
    expect(await query("select current_price from product where product_id > 1 order by product_id")).toEqual(
      ["999.99", "9999.99", "999.00", "9999.99", "12.50"].map((current_price) => ({ current_price })),
    );
  });

  test("may have ids that start at 0, apostrophes, letters of any language, duplicate names and e-mails", async () => {
    await importShop({
      "customers.csv": append("2,Nguyễn,Şahin’s 🙂,Houston,TX,77001,s,,ada@example.com,"),
      "products.csv": append("2,Chair,$1,0"),
    });
    expect(await query("select last_name, email from customer order by customer_id")).toEqual([
      { last_name: "Lovelace", email: "ada@example.com" },
      { last_name: "O'Brien", email: "ben@example.com" },
      { last_name: "Şahin’s 🙂", email: "ada@example.com" },
    ]);
    expect(await query("select product_id from product where name = 'Chair' order by 1")).toEqual([
      { product_id: 0 },
      { product_id: 2 },
    ]);
  });

  test("may sell more than is in stock: history is not judged, and stock stays as the file says", async () => {
    await importShop({ "orderlines.csv": append("2,1\n2,1\n2,1\n2,1\n2,1") });
    expect(await query("select available_quantity from product order by product_id")).toEqual([
      { available_quantity: 10 },
      { available_quantity: 2 },
    ]);
    expect(await query("select quantity from orderline where order_id = 2 and product_id = 1")).toEqual([
      { quantity: 5 },
    ]);
  });

  test("may have a byte order mark, CRLF, other column orders, more columns, and headers again", async () => {
    const summary = await importShop({
      "customers.csv": (text) => `\u{feff}${text.replaceAll("\n", "\r\n")}`,
      "products.csv":
        '"Quantity on Hand",Colour,name,ID,"Price"\n10,red,Chair,0,$42.99\n2,"blue, dark",Table,1,"$1,279.99"\n',
      "TAXRATES.csv": (text) => `${text}${text.split("\n")[0]}\n`,
    });
    expect(summary.rejects).toBe(0);
    expect(await query("select product_id, name, available_quantity from product order by 1")).toEqual([
      { product_id: 0, name: "Chair", available_quantity: 10 },
      { product_id: 1, name: "Table", available_quantity: 2 },
    ]);
    expect(await query("select count(*) as n from customer")).toEqual([{ n: "2" }]);
  });

  test("may name a person NULL", async () => {
    await importShop({ "customers.csv": append("2,NULL,NULL,Houston,TX,77001,s,,,") });
    expect(await query("select first_name, last_name from customer where customer_id = 2")).toEqual([
      { first_name: "NULL", last_name: "NULL" },
    ]);
  });

  test("keep a backslash and the line behind it", async () => {
    await importShop({ "products.csv": append('2,"a\\",$1,1\n3,b,$1,1') });
    expect(await query("select name from product where product_id > 1 order by product_id")).toEqual([
      { name: "a\\" },
      { name: "b" },
    ]);
  });

  test("lose no record to a carriage return behind a quote, nor to line ends that Python writes on Windows", async () => {
    const summary = await importShop({
      "products.csv": (text) => `${text}60,"Stool"\r,$5,7\n61,"Bench",$6,8\n62,"Desk",$7,9\n`,
      "customers.csv": (text) => text.replaceAll(/[^,\n]+/g, '"$&"').replaceAll("\n", "\r\r\n"),
    });
    expect(await query("select product_id from product where product_id > 1")).toEqual([
      { product_id: 61 },
      { product_id: 62 },
    ]);
    expect(await query("select count(*) as n from customer")).toEqual([{ n: "2" }]);
    expect(await remarks()).toEqual([
      'reject products.csv:4 null 60,"Stool"\r,$5,7 – text follows a closing quote',
    ]);
    expect(summary.files.map(({ rows }) => rows)).toEqual([2, 3, 5, 5, 2]);
  });

  test("keep a carriage return inside a quoted field", async () => {
    await importShop({ "customers.csv": append('2,Mac,User,Houston,TX,77001,"1 Main St\rSuite 4",,,') });
    expect(await query("select address1 from customer where customer_id = 2")).toEqual([
      { address1: "1 Main St\rSuite 4" },
    ]);
  });
});
