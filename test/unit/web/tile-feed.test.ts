import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer } from "../../../src/web/dashboard/ask.ts";
import { startTileFeed, type TileState } from "../../../src/web/dashboard/tile-feed.ts";

/** A tile whose answers, subscription and looker are in the test's hands; time passes when the test says so. */
function startFeed({ everyMs = 10_000, isFollowing = true } = {}) {
  const states: TileState[] = [];
  const asked: number[] = [];
  let answer: (signal: AbortSignal) => Promise<Answer> = () => Promise.resolve(answerOf(0));
  let on = { event: () => {}, connected: (_is: boolean) => {} };
  let wake = () => {};
  let isHidden = false;
  const end = startTileFeed({
    ask: (signal) => {
      asked.push(Date.now());
      return answer(signal);
    },
    follow: isFollowing
      ? (listener) => {
          on = listener;
          return () => {};
        }
      : null,
    everyMs,
    onWake: (call) => {
      wake = call;
      return () => {};
    },
    isHidden: () => isHidden,
    onState: (state) => states.push(state),
  });
  return {
    asked,
    end,
    last: () => states.at(-1),
    event: () => on.event(),
    connected: (is: boolean) => on.connected(is),
    wake: () => wake(),
    hide: (is: boolean) => {
      isHidden = is;
    },
    answers: (next: (signal: AbortSignal) => Promise<Answer>) => {
      answer = next;
    },
  };
}

const answerOf = (pendingChanges: number): Answer => ({
  rows: [{ n: 1 }],
  freshness: [
    { model: "sales", source: "MIRROR", lagMs: 0, pendingChanges, asOf: "2026-01-01T00:00:00.000Z" },
  ],
  remark: null,
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a tile asks at once, and in turns while no subscription tells it", async () => {
  const feed = startFeed({ isFollowing: false });
  await vi.advanceTimersByTimeAsync(35_000);
  expect(feed.asked).toHaveLength(4);
  expect(feed.last()).toMatchObject({
    rows: [{ n: 1 }],
    source: "MIRROR",
    asOf: Date.parse("2026-01-01"),
    fault: null,
  });
  feed.end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(feed.asked).toHaveLength(4);
});

test("an event is asked for at once, a hundred of them hardly more often, and none is left out", async () => {
  const feed = startFeed();
  feed.connected(true);
  await vi.advanceTimersByTimeAsync(5000);
  const before = feed.asked.length;
  feed.event();
  await vi.advanceTimersByTimeAsync(1);
  expect(feed.asked).toHaveLength(before + 1);
  for (let i = 0; i < 100; i++) {
    feed.event();
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(1000);
  expect(feed.asked.length - before).toBeLessThanOrEqual(5);
  // After the last event there was a question.
  expect(feed.asked.at(-1)).toBeGreaterThanOrEqual(Date.now() - 1000 - 10);
  feed.end();
});

test("an event during a question is asked for after it", async () => {
  const feed = startFeed();
  await vi.advanceTimersByTimeAsync(5000);
  const before = feed.asked.length;
  feed.answers(() => new Promise((resolve) => setTimeout(() => resolve(answerOf(0)), 2000)));
  feed.event();
  await vi.advanceTimersByTimeAsync(1000);
  feed.event();
  await vi.advanceTimersByTimeAsync(1500);
  expect(feed.asked).toHaveLength(before + 2);
  feed.end();
});

test("while changes are on their way into the mirror, a tile that follows them asks again", async () => {
  const feed = startFeed();
  feed.connected(true);
  feed.answers(() => Promise.resolve(answerOf(3)));
  feed.event();
  await vi.advanceTimersByTimeAsync(3000);
  expect(feed.asked.length).toBeGreaterThanOrEqual(4);
  feed.answers(() => Promise.resolve(answerOf(0)));
  await vi.advanceTimersByTimeAsync(1000);
  const settled = feed.asked.length;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(feed.asked).toHaveLength(settled);
  feed.end();
});

test("what fails leaves the last good rows, is tried again less and less often, and is over with the next answer", async () => {
  const feed = startFeed({ everyMs: 0 });
  await vi.advanceTimersByTimeAsync(100);
  feed.answers(() => Promise.reject(new Error("Away.")));
  feed.event();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(feed.last()).toMatchObject({ rows: [{ n: 1 }], fault: "Away." });
  expect(feed.asked.length).toBeLessThan(12);
  feed.answers(() => Promise.resolve(answerOf(0)));
  await vi.advanceTimersByTimeAsync(31_000);
  expect(feed.last()).toMatchObject({ fault: null });
  feed.end();
});

test("a question that hangs is given up, told of and asked again; one that is answered is not", async () => {
  const feed = startFeed({ everyMs: 0, isFollowing: false });
  const slow = (ms: number) => (signal: AbortSignal) =>
    new Promise<Answer>((resolve, reject) => {
      setTimeout(() => resolve(answerOf(0)), ms);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  feed.answers(slow(59_000));
  feed.wake();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(feed.last()).toMatchObject({ fault: null });
  feed.answers(slow(3_600_000));
  feed.wake();
  await vi.advanceTimersByTimeAsync(60_500);
  expect(feed.last()).toMatchObject({ rows: [{ n: 1 }], fault: "The gateway did not answer within 60 s." });
  const before = feed.asked.length;
  feed.answers(slow(0));
  await vi.advanceTimersByTimeAsync(2000);
  expect(feed.asked).toHaveLength(before + 1);
  expect(feed.last()).toMatchObject({ fault: null });
  feed.end();
});

test("a subscription that breaks is made up for by asking in turns, and a store that is away is found out all the same", async () => {
  const feed = startFeed();
  feed.connected(true);
  await vi.advanceTimersByTimeAsync(1000);
  const followed = feed.asked.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(feed.asked.length - followed).toBe(2);
  feed.connected(false);
  expect(feed.last()).toMatchObject({ isFollowed: false });
  const broken = feed.asked.length;
  await vi.advanceTimersByTimeAsync(35_000);
  expect(feed.asked.length - broken).toBe(3);
  feed.end();
});

test("nobody looks, nothing is asked; whoever looks again sees what is now", async () => {
  const feed = startFeed({ isFollowing: false });
  await vi.advanceTimersByTimeAsync(100);
  feed.hide(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(feed.asked).toHaveLength(1);
  feed.hide(false);
  feed.wake();
  await vi.advanceTimersByTimeAsync(1);
  expect(feed.asked).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(feed.asked).toHaveLength(3);
  feed.end();
});
