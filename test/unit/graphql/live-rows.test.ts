import { describe, expect, test } from "vitest";
import { createLiveRows } from "../../../src/graphql/live-rows.ts";
import type { CubeRow } from "../../../src/stores/cube-store.ts";

const row = (state: string | null, revenue: string): CubeRow => ({
  groupedBy: ["state"],
  values: { state, revenue },
});
const stamp = { position: "7", asOf: "2026-01-01T00:00:00.000Z" };
const KEY = { ca: '{"state":"CA"}', tx: '{"state":"TX"}', ny: '{"state":"NY"}', none: '{"state":null}' };

/** What somebody who was told up to `told` is told now: by key, the revenue or null. */
function tell(rows: ReturnType<typeof createLiveRows>, told: number) {
  const update = rows.since(told);
  return (
    update && {
      isWhole: update.isWhole,
      changes: update.changes.map(({ key, row: one }) => [key, one?.values.revenue ?? null]),
    }
  );
}

describe("Rows that are followed", () => {
  test("are told whole and in their order at first, also when there are none", () => {
    const rows = createLiveRows();
    expect(rows.since(0)).toBeNull();
    rows.take([], stamp, 0);
    expect(rows.since(0)).toEqual({ isWhole: true, ...stamp, changes: [] });
    rows.take([row("TX", "2"), row(null, "3"), row("CA", "1")], stamp, 0);
    const changes = [
      [KEY.tx, "2"],
      [KEY.none, "3"],
      [KEY.ca, "1"],
    ];
    expect(tell(rows, 0)).toEqual({ isWhole: true, changes });
  });

  test("are told again only where they differ, and when they are gone", () => {
    const rows = createLiveRows();
    rows.take([row("CA", "1"), row("TX", "2"), row("NY", "3")], stamp, 0);
    const told = rows.turn;
    expect(rows.take([row("CA", "1"), row("TX", "5")], stamp, told)).toBe(true);
    const changes = [
      [KEY.tx, "5"],
      [KEY.ny, null],
    ];
    expect(tell(rows, told)).toEqual({ isWhole: false, changes });
    expect(tell(rows, rows.turn)).toBeNull();
  });

  test("that are as they were are no news, in whatever order", () => {
    const rows = createLiveRows();
    rows.take([row("CA", "1"), row("TX", "2")], stamp, 0);
    const { turn } = rows;
    expect(rows.take([row("TX", "2"), row("CA", "1")], stamp, turn)).toBe(false);
    expect(rows.turn).toBe(turn);
  });

  test("are told to a slow client in their newest state, and not when they came and went meanwhile", () => {
    const rows = createLiveRows();
    rows.take([row("CA", "1"), row("TX", "2")], stamp, 0);
    const slow = rows.turn;
    rows.take([row("CA", "2"), row("NY", "1")], stamp, slow);
    rows.take([row("CA", "3"), row("TX", "2")], stamp, slow);
    rows.take([row("CA", "4"), row("TX", "2")], stamp, slow);
    expect(tell(rows, slow)).toEqual({
      isWhole: false,
      changes: [
        [KEY.ca, "4"],
        [KEY.tx, "2"],
      ],
    });
  });

  test("that came back and went again are told as gone", () => {
    const rows = createLiveRows();
    rows.take([row("CA", "1")], stamp, 0);
    const slow = rows.turn;
    for (const some of [[], [row("CA", "2")], []]) rows.take(some, stamp, slow);
    expect(tell(rows, slow)).toEqual({ isWhole: false, changes: [[KEY.ca, null]] });
  });

  test("that are gone are forgotten when everybody knows, and a subtotal is a row of its own", () => {
    const rows = createLiveRows();
    const total: CubeRow = { groupedBy: [], values: { state: null, revenue: "9" } };
    rows.take([row(null, "1"), total], stamp, 0);
    expect(tell(rows, 0)?.changes).toEqual([
      [KEY.none, "1"],
      ["{}", "9"],
    ]);
    rows.take([total], stamp, rows.turn);
    expect(rows.size).toBe(2);
    rows.take([total], stamp, rows.turn);
    expect(rows.size).toBe(1);
  });

  test("of which too many are gone are told whole to whoever is far behind", () => {
    const rows = createLiveRows(10);
    rows.take([row("CA", "1")], stamp, 0);
    const slow = rows.turn;
    for (let n = 0; n < 12; n++) rows.take([row(`S${n}`, "1")], stamp, slow);
    expect(rows.size).toBeLessThan(12);
    expect(tell(rows, slow)).toEqual({ isWhole: true, changes: [['{"state":"S11"}', "1"]] });
  });

  test("say the moment of the newest look, and everybody is given the same object", () => {
    const rows = createLiveRows();
    rows.take([row("CA", "1")], stamp, 0);
    const later = { position: "8", asOf: "2026-01-01T00:00:05.000Z" };
    rows.take([row("CA", "1")], later, 0);
    expect(rows.since(0)).toMatchObject(later);
    expect(rows.since(0)).toBe(rows.since(0));
  });
});
