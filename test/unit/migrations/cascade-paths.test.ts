import { describe, expect, test } from "vitest";
import { findCascadePaths } from "../../../src/migrations/cascade-paths.ts";
import type { CascadeEvent, ForeignKey } from "../../../src/migrations/foreign-keys.ts";

/** `child.column` refers to a column of the parent: what becomes of it when that is deleted, and when it is updated. */
const keyOf = (link: string, onDelete: string, onUpdate = "RESTRICT"): ForeignKey => {
  const [from = "", to = ""] = link.split(" -> ");
  const [child = "", column = ""] = from.split(".");
  const [parent = "", referenced = "id"] = to.split(".");
  const rules = { delete: onDelete, update: onUpdate };
  return { name: `${child}_${column}`, parent, child, rules, columns: [column], referenced: [referenced] };
};

const find = (
  foreignKeys: readonly ForeignKey[],
  root: string,
  captured: readonly string[],
  event: CascadeEvent = "delete",
) => {
  const newValue = (column: string) => `new.${column}`;
  const { paths, gaps } = findCascadePaths(foreignKeys, {
    root,
    event,
    captured: new Set(captured),
    newValue,
  });
  const text = paths.map((path) => path.map((step) => `${step.event} ${step.key.name}`).join(", "));
  return { ways: text, gaps };
};

describe("ways that come back to a table", () => {
  test("a row that is deleted sets others of its table to null", () => {
    const keys = [keyOf("staff.firm -> firm", "CASCADE"), keyOf("staff.boss -> staff", "SET NULL")];
    expect(find(keys, "firm", ["staff"])).toEqual({
      ways: ["delete staff_firm", "delete staff_firm, update staff_boss"],
      gaps: [],
    });
  });

  test("so does one of a table further on", () => {
    const keys = [keyOf("c.p -> p", "CASCADE"), keyOf("d.c -> c", "CASCADE"), keyOf("c.d -> d", "SET NULL")];
    expect(find(keys, "p", ["c"])).toEqual({
      ways: ["delete c_p", "delete c_p, delete d_c, update c_d"],
      gaps: [],
    });
  });

  test("rows of a table take others of it along in one step, through other tables they are named as not found", () => {
    const loop = [keyOf("room.house -> house", "CASCADE"), keyOf("room.within -> room", "CASCADE")];
    expect(find(loop, "house", ["room"])).toEqual({ ways: ["delete room_house"], gaps: [] });
    const cycle = [keyOf("b.a -> a", "CASCADE"), keyOf("a.b -> b", "CASCADE"), keyOf("c.a -> a", "SET NULL")];
    for (const [root, constraints] of [
      ["a", ["b_a", "a_b"]],
      ["b", ["a_b", "b_a"]],
    ] as const)
      expect(
        find(cycle, root, ["a", "b", "c"])
          .gaps.map((gap) => [gap.child, gap.constraints])
          .sort(),
      ).toEqual([
        ["a", constraints],
        ["b", constraints],
        ["c", constraints],
      ]);
    expect(find(cycle, "a", ["c"]).gaps).toEqual([
      {
        child: "c",
        constraints: ["b_a", "a_b"],
        problem: "deleted rows of a take others of it along through other tables",
      },
    ]);
  });

  test("a cycle that leads to no captured table is nobody's concern, nor is one of updates, which the server refuses", () => {
    const cycle = [keyOf("b.a -> a", "CASCADE"), keyOf("a.b -> b", "CASCADE"), keyOf("d.a -> a", "RESTRICT")];
    expect(find(cycle, "a", ["d"])).toEqual({ ways: [], gaps: [] });
    const updates = [keyOf("b.id -> a", "RESTRICT", "CASCADE"), keyOf("a.id -> b", "RESTRICT", "CASCADE")];
    expect(find(updates, "a", ["b"], "update").gaps).toEqual([]);
  });
});

describe("many ways", () => {
  test("are counted for each table: a hub has as many children as it likes", () => {
    const names = Array.from({ length: 150 }, (_, index) => `t${index}`);
    const keys = names.map((name) => keyOf(`${name}.hub -> hub`, "CASCADE"));
    expect(find(keys, "hub", names).ways).toHaveLength(150);
  });

  test("to one table are named, with what lies behind it, and not cut in silence", () => {
    const keys = [
      ...Array.from({ length: 101 }, (_, index) => keyOf(`part.k${index} -> hub`, "CASCADE")),
      keyOf("label.part -> part", "SET NULL"),
      keyOf("other.hub -> hub", "CASCADE"),
    ];
    const problem = "more than 100 ways lead from hub to part";
    expect(find(keys, "hub", ["label", "other"]).gaps).toEqual([
      { child: "label", constraints: ["part_k100"], problem },
    ]);
    expect(find(keys.slice(1), "hub", ["label", "other"]).gaps).toEqual([]);
  });
});
