import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AskedWork, createFairShares, OPERATION_COST } from "../../../src/graphql/fair-shares.ts";

const limits = { atOnce: 4, costAtOnce: 1000 };

/** Work under way in shares of a server, asked for by name. */
function open() {
  const shares = createFairShares<AskedWork>(limits);
  const running: AskedWork[] = [];
  const begin = (now: number) => {
    for (let next = shares.takeNext(now); next; next = shares.takeNext(now)) running.push(next);
  };
  return {
    shares,
    running,
    ask(client: string, cost = 10, now = 0) {
      const work = { client, cost };
      shares.add(work, now);
      begin(now);
      return work;
    },
    end(work: AskedWork, now = 0) {
      running.splice(running.indexOf(work), 1);
      shares.finish(work, now);
      begin(now);
    },
    of: (client: string) => running.filter((work) => work.client === client).length,
  };
}

interface Asking {
  readonly client: string;
  readonly cost: number;
  /** Each asks again as soon as it is answered. */
  readonly connections: number;
}

/** The longest of 99 in 100 answers for the first, from a server whose processor all that is under way shares evenly. */
function simulate(asking: readonly Asking[]): number {
  const shares = createFairShares<AskedWork>({ atOnce: 16, costAtOnce: 400_000 });
  const left = new Map<AskedWork, number>();
  const askedAt = new Map<AskedWork, number>();
  const times: number[] = [];
  let now = 0;
  const begin = () => {
    for (let next = shares.takeNext(now); next; next = shares.takeNext(now))
      left.set(next, (OPERATION_COST + next.cost) / 500); // milliseconds
  };
  const ask = ({ client, cost }: Pick<Asking, "client" | "cost">) => {
    const work = { client, cost };
    askedAt.set(work, now);
    shares.add(work, now);
    begin();
  };
  for (const one of asking) for (let n = 0; n < one.connections; n += 1) ask(one);
  while (times.length < 2000) {
    const [next, ms] = [...left].reduce((least, other) => (other[1] < least[1] ? other : least));
    now += ms * left.size;
    for (const [work, rest] of left) left.set(work, rest - ms);
    left.delete(next);
    if (next.client === asking[0]?.client) times.push(now - (askedAt.get(next) ?? 0));
    shares.finish(next, now);
    begin();
    ask(next);
  }
  const steady = times.slice(100).sort((one, other) => one - other);
  return steady[Math.floor(steady.length * 0.99)] as number;
}

describe("Work that is shared out", () => {
  test("is all for a client that is alone, as much as there is at a time", () => {
    const work = open();
    for (let n = 0; n < 6; n += 1) work.ask("one");
    expect([work.of("one"), work.shares.waiting]).toEqual([4, 2]);
  });

  test("is half for each of two, as soon as the first has ended what it had begun", () => {
    const work = open();
    for (let n = 0; n < 20; n += 1) work.ask("greedy");
    work.ask("modest");
    expect(work.of("modest")).toBe(0);
    work.end(work.running[0] as AskedWork);
    expect([work.of("greedy"), work.of("modest")]).toEqual([3, 1]);
    for (let n = 0; n < 2; n += 1)
      work.end(work.running.find(({ client }) => client === "greedy") as AskedWork);
    // Its part is two, while the other one is there, and one as long as that wants no more.
    expect([work.of("greedy"), work.of("modest")]).toEqual([1, 1]);
    for (let n = 0; n < 2; n += 1) work.ask("modest");
    expect([work.of("greedy"), work.of("modest")]).toEqual([2, 2]);
  });

  test("is all for the one that is left, a second after the other has gone", () => {
    const work = open();
    const other = work.ask("modest");
    for (let n = 0; n < 20; n += 1) work.ask("greedy");
    expect(work.of("greedy")).toBe(1);
    work.end(other, 100);
    // It may ask again at once, as programs do.
    expect(work.of("greedy")).toBe(1);
    work.end(work.running[0] as AskedWork, 250);
    expect(work.of("greedy")).toBe(2);
    work.end(work.running[0] as AskedWork, 1200);
    expect(work.of("greedy")).toBe(4);
  });

  test("is counted by its cost: what costs more than there is at a time runs alone, and is not passed over", () => {
    const work = open();
    const small = work.ask("one", 900);
    const large = work.ask("two", 5000);
    work.ask("one", 10);
    expect(work.running).toEqual([small]);
    work.end(small);
    expect(work.running).toEqual([large]);
    work.end(large);
    expect(work.running.map(({ cost }) => cost)).toEqual([10]);
  });

  test("goes next to whom least was done for, and who comes anew makes up for nothing", () => {
    const work = open();
    for (let n = 0; n < 4; n += 1) work.ask("dear", 240);
    for (let n = 0; n < 9; n += 1) work.ask(n % 2 === 0 ? "dear" : "cheap", n % 2 === 0 ? 240 : 1);
    for (let n = 0; n < 3; n += 1)
      work.end(work.running.find(({ client }) => client === "dear") as AskedWork);
    expect([work.of("cheap"), work.of("dear")]).toEqual([2, 2]);
    work.ask("late");
    work.end(work.running.find(({ client }) => client === "dear") as AskedWork);
    expect(work.of("late")).toBe(1);
  });

  test("goes next to whom least was done for, though another came first", () => {
    const work = open();
    for (const [client, cost] of [
      ["first", 130],
      ["first", 130],
      ["dear", 240],
      ["cheap", 1],
    ] as const)
      work.ask(client, cost);
    work.ask("dear");
    work.ask("cheap");
    work.end(work.running[0] as AskedWork);
    expect([work.of("first"), work.of("dear"), work.of("cheap")]).toEqual([1, 1, 2]);
  });

  test("is no more for one than another wants at a time, by what it costs, too", () => {
    const work = open();
    for (let n = 0; n < 2; n += 1) work.ask("modest", 10);
    for (let n = 0; n < 9; n += 1) work.ask("dear", 240);
    expect([work.of("modest"), work.of("dear")]).toEqual([2, 1]);
    for (let n = 0; n < 9; n += 1) work.ask("cheap", 9);
    expect([work.of("modest"), work.of("dear"), work.of("cheap")]).toEqual([2, 1, 1]);
    work.end(work.running.find(({ client }) => client === "dear") as AskedWork);
    expect([work.of("modest"), work.of("dear"), work.of("cheap")]).toEqual([2, 0, 2]);
  });

  test("names the newest of whoever lets most wait, when too many do", () => {
    const work = open();
    for (let n = 0; n < 4; n += 1) work.ask("first");
    const kept = work.ask("modest");
    work.ask("greedy");
    const last = work.ask("greedy", 11);
    expect(work.shares.newestOfLongest()).toBe(last);
    expect(work.shares.remove(last)).toBe(true);
    expect(work.shares.remove(last)).toBe(false);
    expect(work.shares.remove(kept)).toBe(true);
    expect(work.shares.waiting).toBe(1);
  });

  test("keeps its limits, forgets none, and gives clients that always ask as much each, whatever comes in which order", () => {
    const events = fc.array(
      fc.record({
        client: fc.constantFrom("a", "b", "c"),
        cost: fc.integer({ min: 1, max: 2000 }),
        ends: fc.nat(3),
      }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(events, (all) => {
        const work = open();
        let ended = 0;
        const check = () => {
          const cost = work.running.reduce((sum, one) => sum + one.cost, 0);
          expect(work.running.length).toBeLessThanOrEqual(limits.atOnce);
          expect(work.running.length === 1 || cost <= limits.costAtOnce).toBe(true);
          expect(work.shares.running).toBe(work.running.length);
          // Nobody waits while nothing runs.
          expect(work.shares.waiting === 0 || work.running.length > 0).toBe(true);
        };
        for (const [now, { client, cost, ends }] of all.entries()) {
          work.ask(client, cost, now * 100);
          check();
          for (let n = 0; n < ends && work.running[0]; n += 1, ended += 1)
            work.end(work.running[0], now * 100);
          check();
        }
        while (work.running[0]) {
          work.end(work.running[0], all.length * 100);
          ended += 1;
          check();
        }
        expect([ended, work.shares.waiting]).toEqual([all.length, 0]);
      }),
    );
  });

  test.each([
    ["the same", 22],
    ["pages", 2400],
  ])("lets a greedy client double the times of a modest one at most: it asks for %s", (_what, cost) => {
    const modest = { client: "modest", cost: 22, connections: 4 };
    const alone = simulate([modest]);
    const beside = simulate([modest, { client: "greedy", cost, connections: 100 }]);
    expect(beside / alone).toBeLessThanOrEqual(2.1);
  });

  test("gives two that always ask the same in cost, however many of what cost they ask", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 240 }), fc.integer({ min: 1, max: 240 }), (left, right) => {
        const work = open();
        const costs = { left, right };
        const done = { left: 0, right: 0 };
        /** What costs twice as much takes twice as long. */
        const ends = new Map<AskedWork, number>();
        let now = 0;
        const ask = (client: "left" | "right") => work.ask(client, costs[client], now);
        for (let n = 0; n < 50; n += 1) ask("left");
        for (let n = 0; n < 5; n += 1) ask("right");
        for (let n = 0; n < 400; n += 1) {
          for (const one of work.running) if (!ends.has(one)) ends.set(one, now + OPERATION_COST + one.cost);
          const [one, endsAt] = [...ends].reduce((least, other) => (other[1] < least[1] ? other : least));
          ends.delete(one);
          now = endsAt;
          const client = one.client as "left" | "right";
          if (n > 20) done[client] += OPERATION_COST + one.cost;
          ask(client);
          work.end(one, now);
        }
        expect(Math.max(done.left, done.right) / Math.min(done.left, done.right)).toBeLessThan(1.25);
      }),
      { numRuns: 50 },
    );
  });
});
