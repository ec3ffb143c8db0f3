import { expect, test } from "vitest";
import { chooseSooner, createAnswerTimes, type Known } from "../../../src/graphql/answer-times.ts";

const at = 1_000_000;
const seen = (ms: number, ago = 0) => ({ ms, at: at - ago });
const options = { now: at, leftMs: 10_000, canExplore: true };

test.each<[title: string, known: Known, store: "mirror" | "live", mayTakeAll: boolean]>([
  ["nothing is known: the mirror, for half of the time", { asked: 1 }, "mirror", false],
  ["the mirror is known: live is tried", { asked: 2, mirror: seen(50) }, "live", false],
  ["both are known: the sooner one", { asked: 3, mirror: seen(50), live: seen(40) }, "live", false],
  ["they are level: the mirror", { asked: 3, mirror: seen(50), live: seen(50) }, "mirror", false],
  ["now and then the slower one", { asked: 20, mirror: seen(50), live: seen(40) }, "mirror", false],
  ["not when it is hopeless", { asked: 20, mirror: seen(400), live: seen(40) }, "live", false],
  [
    "what was seen long ago is looked at again",
    { asked: 3, mirror: seen(900, 600_001), live: seen(40) },
    "mirror",
    false,
  ],
  [
    "one that needs most of the time may take it",
    { asked: 3, mirror: seen(9000), live: seen(4000) },
    "live",
    true,
  ],
])("%s", (_title, known, store, mayTakeAll) => {
  expect(chooseSooner(known, options)).toEqual({ store, mayTakeAll });
});

test("where the other store is not to be tried, only a slower mirror leads there", () => {
  const plain = { ...options, canExplore: false };
  expect(chooseSooner({ asked: 2, mirror: seen(50) }, plain).store).toBe("mirror");
  expect(chooseSooner({ asked: 20, mirror: seen(50), live: seen(60) }, plain).store).toBe("mirror");
  expect(chooseSooner({ asked: 3, mirror: seen(5000), live: seen(60) }, plain).store).toBe("live");
});

test("what a kind of question took is averaged, the newest most, and forgotten after ten minutes", () => {
  let now = 0;
  const times = createAnswerTimes(() => now);
  const choose = () => times.choose("a", { leftMs: 10_000, canExplore: true }).store;
  expect(choose()).toBe("mirror");
  times.note("a", "mirror", 100);
  expect(choose()).toBe("live");
  times.note("a", "live", 50);
  expect(choose()).toBe("live");
  // 50 + 0.3 × (300 − 50) = 125.
  times.note("a", "live", 300);
  expect(choose()).toBe("mirror");
  expect(times.choose("b", { leftMs: 10_000, canExplore: true }).store).toBe("mirror");
  now = 600_001;
  times.note("a", "live", 1);
  expect(choose()).toBe("mirror");
});

test("only the newest thousand kinds are remembered, however many questions there are", () => {
  const times = createAnswerTimes(() => 0);
  for (let n = 0; n < 1500; n += 1) {
    times.note(`${n}`, "mirror", 100);
    times.note(`${n}`, "live", 10);
  }
  const isKept = (n: number) => times.choose(`${n}`, { leftMs: 10_000, canExplore: true }).store === "live";
  // The newest first: to ask about one is to remember it.
  expect(isKept(1499)).toBe(true);
  expect(isKept(500)).toBe(true);
  expect(isKept(499)).toBe(false);
});
