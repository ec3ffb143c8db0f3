import { describe, expect, test } from "vitest";
import { describeLost, type RestoredPast, toHistoryFinding } from "../../../src/app/describe-restored.ts";
import type { LostObject, OwnerlessObject } from "../../../src/migrations/lost-objects.ts";

const nothing = { missing: [], ownerless: [] };
const past: RestoredPast = {
  first: "2026-01-01T00:00:00.000Z",
  byTransaction: [],
  filledAt: null,
  registryStart: null,
};
const filledAt = "2026-11-30T10:00:00Z";
const byTransaction = ["shop.item"];

describe("The past of a restored database", () => {
  test.each<[string, Partial<RestoredPast>, string, RegExp]>([
    ["of a server that goes on", {}, "whole", /goes back to 2026-01-01/],
    ["of a copy of its files, or a dump with the past", { filledAt }, "whole", /goes back to 2026-01-01/],
    ["of a dump without it", { filledAt, first: "2026-11-30T10:00:07.000Z" }, "gone", /--dump-history/],
    ["of tables without versions", { filledAt, first: null }, "whole", /no row has versions/],
    ["by transaction, in a dump", { filledAt, byTransaction }, "gone", /shop\.item.*transaction_registry/],
    [
      "by transaction, in a copy of the files",
      { filledAt, byTransaction, registryStart: "2026-01-01T00:00:00.000000Z" },
      "whole",
      /goes back/,
    ],
    [
      "by transaction, where nobody may look",
      { filledAt, byTransaction, registryStart: undefined },
      "whole",
      /goes back/,
    ],
  ])("%s", (_, more, state, detail) => {
    expect(toHistoryFinding({ ...past, ...more })).toMatchObject({
      state,
      detail: expect.stringMatching(detail),
    });
  });
});

const trigger: LostObject = { kind: "trigger", name: "t", file: "triggers/shop/t.sql", remedy: "remade" };
const table: LostObject = {
  kind: "table",
  name: "item",
  file: "migrations/shop/1.sql",
  remedy: "kept-by-owner",
};
const owner: OwnerlessObject = {
  kind: "view",
  name: "v",
  definer: "old@host",
  table: null,
  file: "views/shop/v.sql",
};
const stateOf = (...states: Parameters<typeof describeLost>) =>
  describeLost(...states)
    .filter(({ state }) => state !== "whole")
    .map(({ name, state, objects }) => [name, state, objects]);

describe("What a copy lacks", () => {
  test("is whole, mended, or left to do", () => {
    expect(stateOf(nothing, nothing)).toEqual([]);
    const lost = { missing: [trigger], ownerless: [owner] };
    expect(stateOf(lost, nothing)).toEqual([
      ["triggers", "mended", ["trigger t"]],
      ["definers", "mended", ["view v"]],
    ]);
    expect(stateOf(lost, lost)).toEqual([
      ["triggers", "problem", ["trigger t"]],
      ["definers", "problem", ["view v"]],
    ]);
  });

  test("is told with its remedy: rows are in a copy only, and what is somebody else's is theirs to make", () => {
    const theirs: OwnerlessObject = { ...owner, kind: "event", name: "nightly", file: null };
    const ofMigration: OwnerlessObject = {
      ...owner,
      kind: "procedure",
      name: "p",
      file: "migrations/shop/2.sql",
    };
    const lost = { missing: [table], ownerless: [theirs, ofMigration] };
    const details = describeLost(lost, lost).flatMap(({ state, detail }) =>
      state === "problem" ? [detail] : [],
    );
    expect(details).toEqual([
      expect.stringMatching(/^item \(migrations\/shop\/1\.sql\): .*restore them from a copy/),
      expect.stringMatching(/^event nightly belongs to old@host.*not the project's/),
      expect.stringMatching(/^procedure p .*make it again as migrations\/shop\/2\.sql says/),
    ]);
  });

  test("is listed by its first names where there are many", () => {
    const many = Array.from({ length: 7 }, (_, index) => ({ ...trigger, name: `t${index}` }));
    const [found] = describeLost({ missing: many, ownerless: [] }, nothing).filter(
      ({ state }) => state === "mended",
    );
    expect(found?.detail).toMatch(/t4 \(.*\) and 2 more$/);
    expect(found?.objects).toHaveLength(7);
  });
});
