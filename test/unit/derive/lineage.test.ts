import { beforeAll, expect, test } from "vitest";
import { findLineage, type Lineage } from "../../../src/derive/lineage.ts";
import { prepareParser, readViewText } from "../../../src/derive/read-view-text.ts";
import { Refusal } from "../../../src/derive/refusal.ts";
import type { Query } from "../../../src/derive/sql-tree.ts";

beforeAll(() => prepareParser());

/** The columns behind each column of the view `v`, of texts as the server writes them. */
function lineageOf(texts: Readonly<Record<string, string>>) {
  const views = new Map(Object.entries(texts).map(([name, text]) => [name, readViewText(text)]));
  return findLineage("v", views);
}
const sorted = (lineage: Lineage | undefined) => [...(lineage?.columns ?? [])].sort();

test("an expression is made of all columns in it, and not of those that it is joined by", () => {
  const columns = lineageOf({
    v: "select `t`.`a` AS `a`,`t`.`b` + `u`.`c` AS `sum`,1 AS `one` from (`t` left join `u` on(`u`.`id` = `t`.`u_id`)) where `t`.`d` > 1",
  });
  expect(sorted(columns?.get("a"))).toEqual(["t.a"]);
  expect(sorted(columns?.get("sum"))).toEqual(["t.b", "u.c"]);
  expect(sorted(columns?.get("one"))).toEqual([]);
});

test("a view over views, derived tables and unions leads to base tables", () => {
  const columns = lineageOf({
    v: "select `x`.`n` AS `n`,`w`.`Name` AS `name` from (`w` join (select `w`.`n` AS `n` from `w` union all select `t`.`k` AS `k` from `t`) `x`)",
    w: "select concat(`p`.`first`,`p`.`last`) AS `name`,`p`.`n` AS `n` from `p`",
  });
  expect(sorted(columns?.get("n"))).toEqual(["p.n", "t.k"]);
  expect(sorted(columns?.get("name"))).toEqual(["p.first", "p.last"]);
});

test("a common table is read under the names that it gives", () => {
  const columns = lineageOf({
    v: "with c(`k`,`m`) as (select `t`.`a` AS `a`,max(`t`.`b`) AS `b` from `t`)select `c`.`m` AS `m` from `c`",
  });
  expect(sorted(columns?.get("m"))).toEqual(["t.b"]);
});

test("each member of an object has its own, also in a list of a sub-query", () => {
  const columns = lineageOf({
    v: "select coalesce((select json_arrayagg(json_object('name',`p`.`name`,'total',`l`.`n` * `l`.`price`) order by `l`.`k` ASC) from (`l` join `p` on(`p`.`id` = `l`.`p_id`)) where `l`.`o_id` = `o`.`id`),json_array()) AS `items` from `o`",
  });
  const items = columns?.get("items");
  expect([...(items?.members.keys() ?? [])]).toEqual(["name", "total"]);
  expect(sorted(items?.members.get("total"))).toEqual(["l.n", "l.price"]);
  expect(sorted(items)).toEqual(["l.n", "l.price", "p.name"]);
});

test("a count is of the rows of its tables", () => {
  const columns = lineageOf({
    v: "select count(0) AS `n`,(select count(0) from `w`) AS `m` from `t`",
    w: "select `a`.`x` AS `x` from (`a` join `b`)",
  });
  expect(sorted(columns?.get("n"))).toEqual(["t.*"]);
  expect(sorted(columns?.get("m"))).toEqual(["a.*", "b.*"]);
});

test("what is not understood tells nothing, rather than too little", () => {
  const view = readViewText("select `w`.`x` AS `x` from `w`");
  const views = new Map<string, Query | Refusal>([
    ["v", view],
    ["w", new Refusal("It is not understood.")],
  ]);
  expect(findLineage("v", views)).toBeNull();
  expect(findLineage("v", new Map([["v", readViewText("select `z`.`x` AS `x` from `w`")]]))).toBeNull();
});

test.each([
  ["key", "json_object(`c`.`email`,`c`.`id`)", ["c.email", "c.id"]],
  ["value of a computed key", "json_object(lcase('E'),`c`.`email`)", ["c.email"]],
  ["key within calls", "json_value(json_arrayagg(json_object(concat(`c`.`email`),1)),'$')", ["c.email"]],
  ["first of two values of one key", "json_object('a',`c`.`email`,'a',`c`.`id`)", ["c.email", "c.id"]],
  ["first of numbered keys", "json_object(1,`c`.`email`,2,`c`.`id`)", ["c.email", "c.id"]],
])("of a JSON object nothing is lost: the %s", (_, object, columns) => {
  expect(sorted(lineageOf({ v: `select ${object} AS \`x\` from \`c\`` })?.get("x"))).toEqual(columns);
});

test("a name of the select around is what stands under it", () => {
  const columns = lineageOf({
    v: "select `d`.`x` AS `x`,`d`.`y` AS `y` from (select `c`.`email` AS `e`,(select `E`) AS `x`,(select (select max(`e`) from `u`)) AS `y` from `c`) `d`",
  });
  expect(sorted(columns?.get("x"))).toEqual(["c.email"]);
  expect(sorted(columns?.get("y"))).toEqual(["c.email"]);
  expect(lineageOf({ v: "select (select `e`) AS `x` from `c`" })).toBeNull();
});

test("aliases that differ in letter case are two, as on Linux; one alone may be written otherwise", () => {
  const columns = lineageOf({
    v: "select `C`.`email` AS `x`,`c`.`email` AS `y`,`W`.`z` AS `z` from ((`customer` `C` join `product` `c`) join `t` `w`)",
  });
  expect(sorted(columns?.get("x"))).toEqual(["customer.email"]);
  expect(sorted(columns?.get("y"))).toEqual(["product.email"]);
  expect(sorted(columns?.get("z"))).toEqual(["t.z"]);
  const inner = lineageOf({ v: "select (select `c`.`email` from `u` `C`) AS `x` from `customer` `c`" });
  expect(sorted(inner?.get("x"))).toEqual(["customer.email"]);
  expect(
    lineageOf({ v: "select `é`.`x` AS `x`,`AB`.`x` AS `y` from ((`t` `é` join `t` `Ab`) join `u` `aB`)" }),
  ).toBeNull();
});

test("a column that a view or a derived table does not tell of is in doubt", () => {
  expect(lineageOf({ v: "select `d`.`z` AS `x` from (select `t`.`a` AS `a` from `t`) `d`" })).toBeNull();
});
