import { expect, test } from "vitest";
import { chooseDocuments } from "../../../src/core/pending-queue.ts";

const row = (id: number, documentId: string, loggedAt = `2026-01-01 00:00:0${id % 10}`) => ({
  id: String(id),
  documentId,
  bulk: 0,
  loggedAt,
});
const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => row(from + index, `d${from + index}`));
const nothing = { rows: new Set<string>(), documents: new Set<string>() };

test("every row of a document goes with it, and tells when the oldest was logged", () => {
  const small = [row(3, "a"), row(4, "b"), row(5, "a", "2025-12-31 00:00:00")];
  expect(chooseDocuments({ small, bulk: [], isAllRead: true }, 10, nothing)).toEqual({
    documentIds: ["a", "b"],
    pendingIds: ["3", "5", "4"],
    since: "2025-12-31 00:00:00",
    isWhole: true,
    oldestId: 3n,
  });
});

test.each([
  ["a fan-out alone fills a batch", [], rows(1, 20), ["d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8"]],
  [
    "beside small changes it has an eighth",
    rows(1, 20),
    rows(50, 9),
    ["d1", "d2", "d3", "d4", "d5", "d6", "d7", "d50"],
  ],
  ["and no more than that, though there is room", rows(1, 2), rows(50, 9), ["d1", "d2", "d50"]],
])("%s", (_, small, bulk, ids) => {
  const batch = chooseDocuments({ small, bulk, isAllRead: true }, 8, nothing);
  expect(batch.documentIds).toEqual(ids);
  expect(batch.isWhole).toBe(false);
});

test("rows in flight are passed over; another row of a document in flight is left for later", () => {
  const small = [row(1, "a"), row(2, "b"), row(3, "a")];
  const inFlight = { rows: new Set(["1"]), documents: new Set(["a"]) };
  const batch = chooseDocuments({ small, bulk: [], isAllRead: true }, 10, inFlight);
  expect(batch).toMatchObject({ pendingIds: ["2"], isWhole: false, oldestId: 1n });
  const first = { small: small.slice(0, 2), bulk: [], isAllRead: true };
  expect(chooseDocuments(first, 10, inFlight)).toMatchObject({ pendingIds: ["2"], isWhole: true });
});

test("a queue that was not read to its end is not whole; an empty one is, and has no oldest row", () => {
  expect(chooseDocuments({ small: rows(1, 2), bulk: [], isAllRead: false }, 10, nothing).isWhole).toBe(false);
  const empty = chooseDocuments({ small: [], bulk: [], isAllRead: true }, 10, nothing);
  expect(empty).toEqual({ documentIds: [], pendingIds: [], since: null, isWhole: true, oldestId: null });
});
