import { expect, test } from "vitest";
import { maskSql, readNames } from "../../../src/migrations/sql-text.ts";

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
