import { expect, test } from "vitest";
import { maskSql, mentions, readNames } from "../../../src/migrations/sql-text.ts";

test("comments and strings hide what is in them", () => {
  const masked = maskSql(
    `select 'a''b -- c', "d\\"e", x -- sales\n, # sales\n y /* sales\n */ from t where z = '#' and q--1`,
  );
  expect(masked).not.toContain("sales");
  expect(masked).not.toMatch(/[abcde]''|#/);
  expect(masked).toMatch(/q--1$/);
});

test("a quote in a comment does not open a string", () => {
  expect(readNames(maskSql("-- it's\nselect x from sales -- don't\njoin other"))).toEqual(
    new Set(["select", "x", "from", "sales", "join", "other"]),
  );
});

test("names are found plain and quoted; columns, qualifiers and aliases are not names", () => {
  const names = readNames(
    "select orders.total, t.`sales`, 1 as buyers from `Order` as orders, title_case(x) join v_customers",
  );
  expect([...names]).toEqual(expect.arrayContaining(["order", "title_case", "v_customers"]));
  for (const no of ["sales", "buyers", "total", "orders"]) expect(names.has(no), no).toBe(false);
});

test("a comment that the server executes hides nothing", () => {
  for (const mark of ["/*!", "/*!50101", "/*M!100100"])
    expect(readNames(maskSql(`insert into log ${mark} select x from sales */ -- other`)), mark).toContain(
      "sales",
    );
});

test("a name is found wherever it stands, and is no part of another", () => {
  for (const text of ["shop.Sales", "`sales`", "sales.id", "'from sales'", '"sales"', "x=sales;"])
    expect(mentions(text, "sales"), text).toBe(true);
  for (const text of ["sales_2", "old_sales", "$sales", "ésales", "presales"])
    expect(mentions(text, "sales"), text).toBe(false);
  expect(mentions("from `a.b|c`", "a.b|c")).toBe(true);
});
