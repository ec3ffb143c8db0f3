import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { openParts, withParts } from "../../cluster/open-parts.ts";

const later = () => new Promise((resolve) => setTimeout(resolve, 5));

test("parts are closed at the end, the last one first, and nothing listens to the signal any more", async () => {
  const { signal } = new AbortController();
  const closed: number[] = [];
  const drill = () =>
    withParts(signal, async (atEnd) => {
      for (const part of [1, 2]) atEnd(async () => closed.push(part));
      return "done";
    });
  expect(await drill()).toBe("done");
  expect(closed).toEqual([2, 1]);
  // As many as there are drills in a run: each that stayed would be a leak.
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("a run that is stopped closes what is open, and what is opened too late", async () => {
  const aborter = new AbortController();
  const closed: string[] = [];
  const running = withParts(aborter.signal, async (atEnd) => {
    atEnd(async () => closed.push("early"));
    aborter.abort(new Error("stopped"));
    await later();
    atEnd(async () => closed.push("late"));
  });
  await expect(running).rejects.toThrow("stopped");
  expect(closed).toEqual(["early"]);
  await later();
  await later();
  expect(closed).toEqual(["early", "late"]);
});

test("what cannot be opened whole is closed", async () => {
  const closed: string[] = [];
  const opening = openParts(async (atEnd) => {
    atEnd(async () => closed.push("first"));
    throw new Error("no room for the second");
  });
  await expect(opening).rejects.toThrow("no room");
  expect(closed).toEqual(["first"]);
});
