import { describe, expect, test } from "vitest";
import { takeFieldOut } from "../../../../src/migrations/mend/edit-definition.ts";
import { renameColumn, renameTable, takeColumnOut } from "../../../../src/migrations/mend/edit-view.ts";

const view = `-- purpose: ships.name of -- a ship
create or replace sql security invoker view ship as
select
    ships.imo,
    ships.name,
    cast(ships.built as datetime(3)) as built,
    'ships.name' as fixed,
    coalesce((
        select json_arrayagg(json_object('id', v.id, 'ship', ships.name, 'at', v.at) order by v.id)
        from voyages as v
        where v.ship_imo = ships.imo
    ), json_array()) as voyages
from ships;
`;

describe("A column under another name", () => {
  test("is read by that, and shown by the one before", () => {
    const text = renameColumn(view, { table: "ships", column: "name", to: "title" });
    expect(text).toBe(
      view
        .replace("    ships.name,", "    ships.title as name,")
        .replace("'ship', ships.name", "'ship', ships.title"),
    );
  });

  test("is found by what its table is called, and quoted where it must be", () => {
    expect(renameColumn(view, { table: "voyages", column: "at", to: "Zeit punkt" })).toBe(
      view.replace("v.at", "v.`Zeit punkt`"),
    );
    expect(
      renameColumn("select `t`.`a` from `db`.`t` where t.A > 1", { table: "t", column: "a", to: "b" }),
    ).toBe("select `t`.b as a from `db`.`t` where t.b > 1");
  });

  test("is not taken for that of another table, nor for what is called as it", () => {
    for (const text of [
      "select s.name from crew s, ships t",
      "select x.name, 1 as name from x",
      "select name(1) from ships",
    ])
      expect(renameColumn(text, { table: "ships", column: "name", to: "title" })).toBe(text);
  });
});

test("a table under another name is called as before", () => {
  expect(renameTable("select ships.imo from a join ships on a.x = ships.imo", "ships", "vessels")).toBe(
    "select ships.imo from a join vessels as ships on a.x = ships.imo",
  );
  expect(renameTable(view, "voyages", "trips")).toBe(view.replace("from voyages as v", "from trips as v"));
});

test("a column, an alias or a function's argument that is called as a table is no table", () => {
  const text = (table: string) =>
    `select a.id, ships, coalesce(ships, 0), sum(ships), extract(year from ships) from (a join ${table}) left join b
    on b.n in (ships, 2), ${table} where a.n in (ships, 1) and exists (select 1 from c, shop.${table}) order by a.id, ships`;
  expect(renameTable(text("ships"), "ships", "vessels")).toBe(text("vessels as ships"));
});

describe("A column that is gone", () => {
  test("is taken out with its line, wherever it is shown", () => {
    const { text, shown, byHand } = takeColumnOut(view, { table: "ships", column: "name" });
    expect(text).toBe(view.replace("    ships.name,\n", "").replace(", 'ship', ships.name", ""));
    expect(shown).toEqual([["name"], ["voyages", "ship"]]);
    expect(byHand).toEqual([]);
  });

  test("is taken out with what is made of it, first, last, or both", () => {
    const out = (text: string, column: string) => takeColumnOut(text, { table: "t", column });
    expect(out("select\n    t.a,\n    t.b\nfrom t;\n", "a").text).toBe("select\n    t.b\nfrom t;\n");
    expect(out("select\n    t.a,\n    upper(t.b) as c\nfrom t;\n", "b")).toMatchObject({
      text: "select\n    t.a\nfrom t;\n",
      shown: [["c"]],
    });
    expect(out("select t.a, t.a as x, t.b from t", "a").text).toBe("select t.b from t");
    expect(out("select 1 as k, json_object('a', t.a, 'b', t.b) as o from t", "a")).toMatchObject({
      text: "select 1 as k, json_object('b', t.b) as o from t",
      shown: [["o", "a"]],
    });
    expect(out("select 1 as k, (select max(t.a) from t) as m", "a").text).toBe("select 1 as k");
  });

  test.each([
    "select t.b\nfrom t\nwhere t.a > 1",
    "select t.b, u.c\nfrom u\nleft join t on t.a = u.a",
    "select t.b, count(*) as n\nfrom t\ngroup by t.a",
    "select\n\nt.a from t",
    "select t.b,\n  (select json_arrayagg(json_object('b', t.b)\n  order by t.a) from t) as list from u",
    "select t.b,\n\n  if(t.a, null, t.c) as c from t",
    "select t.b,\n\n  case when t.a > 1 then t.c end as c from t",
    "select t.b,\n\n  json_object('b', t.b, 'c', case t.a when 1 then t.c end) as o from t",
    "select t.b,\n\n  row_number() over (order by t.a) as n from t",
  ])("is a person's to take out where it decides about more: %s", (text) => {
    expect(takeColumnOut(text, { table: "t", column: "a" })).toEqual({ text, shown: [], byHand: [3] });
  });
});

const definition = `export const ship = defineModel({
  name: "ship",
  fields: {
    imo: int("Number: {of it}, \\"yes\\"."),
    // decide: what it is
    flag: string("Flag.", { nullable: true }),
    country: link("country", { key: "flag" }),
    voyages: list("Voyages.", {
      id: int("Number."),
      ship: string("Ship."),
    }),
  },
});
`;

describe("A field", () => {
  test("is taken out with its remarks, and with links that lead by it", () => {
    const text = takeFieldOut(definition, ["flag"]) ?? "";
    expect(text).not.toMatch(/flag|country|decide/);
    expect(text).toContain('\\"yes\\"."),\n    voyages: list');
  });

  test("within another is taken out alone", () => {
    expect(takeFieldOut(definition, ["voyages", "ship"])).toBe(
      definition.replace('\n      ship: string("Ship."),', ""),
    );
  });

  test("that the rest of a definition names is a person's to take out", () => {
    for (const rest of ['unindexed: ["flag"],', 'key: "flag",', 'key: ["imo", "flag"],'])
      expect(takeFieldOut(definition.replace("fields: {", `${rest} fields: {`), ["flag"])).toBeNull();
    expect(
      takeFieldOut(definition.replace("fields: {", 'key: "imo", fields: { // "flag"'), ["flag"]),
    ).not.toBeNull();
  });

  test("that is not there, or the only one, is not", () => {
    expect(takeFieldOut(definition, ["none"])).toBeNull();
    expect(takeFieldOut(definition, ["voyages", "none"])).toBeNull();
    expect(takeFieldOut('fields: { a: int("A.") }', ["a"])).toBeNull();
  });
});
