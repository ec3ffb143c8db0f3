import { expect, test } from "vitest";
import { findUsed } from "../../../src/migrations/uninstall-uses.ts";

const dropped = [
  { kind: "trigger", name: "ships_after_insert_capture" },
  { kind: "view", name: "voyage" },
  { kind: "view", name: "re.port" },
  { kind: "function", name: "full_name" },
  { kind: "procedure", name: "export_voyage" },
  { kind: "table", name: "vitrine_change_ships" },
] as const;

test("what a text uses is found however it is written", () => {
  for (const [text, used] of [
    ["select full_name(1)", "full_name"],
    ["begin set @x = full_name(3); end", "full_name"],
    ["select * from a, voyage", "voyage"],
    ["select * from a as b, `harbour`.`voyage` where 1", "voyage"],
    ["select * from harbour.voyage", "voyage"],
    ["select * from a straight_join voyage", "voyage"],
    ["update a, VOYAGE set x = 1", "voyage"],
    ["replace voyage values (1)", "voyage"],
    ["select * from (voyage)", "voyage"],
    ["select 1 from `re.port`", "re.port"],
    ["call harbour.export_voyage()", "export_voyage"],
    ["call `harbour`.`export_voyage`", "export_voyage"],
    ["insert into vitrine_change_ships values (1)", "vitrine_change_ships"],
  ] as const)
    expect(findUsed(text, dropped, null), text).toBe(used);
});

test("a column, an alias, a comment or another's name is no use", () => {
  for (const text of [
    "select voyage, a.voyage from a",
    "select x from a group by x, voyage",
    "select x from a as voyage where voyage.x = 1",
    "insert into a (x, voyage) values (1, 2)",
    "select 'from voyage' from a -- from voyage",
    "select 1 from voyages, old_voyage, voyage2",
    "select 1 from `re_port`",
    "select fullname(1)",
    "set @x = ships_after_insert_capture",
  ])
    expect(findUsed(text, dropped, null), text).toBeUndefined();
});

test("in another database the name stands behind that of this one", () => {
  expect(findUsed("select * from `harbour`.`voyage`", dropped, "harbour")).toBe("voyage");
  expect(findUsed("set @x = harbour . full_name(1)", dropped, "harbour")).toBe("full_name");
  for (const text of ["select * from voyage", "select * from old_harbour.voyage", "call full_name(harbour)"])
    expect(findUsed(text, dropped, "harbour"), text).toBeUndefined();
});
