import { expect, test } from "vitest";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openMovingMariaDb } from "../../../src/stores/mariadb/moving-mariadb.ts";

/** Pools of servers `a` and `b`, where nobody listens; the process moves from `a` just after that was named. */
function openMoving() {
  const opened: string[] = [];
  const listeners: ((left: string) => void)[] = [];
  let current = "a";
  let movesNext = false;
  const db = openMovingMariaDb({
    host: {
      current() {
        const named = Promise.resolve(current);
        if (movesNext)
          queueMicrotask(() => {
            movesNext = false;
            current = "b";
            for (const tell of listeners) tell("a");
          });
        return named;
      },
      suspect: () => undefined,
      onMove: (listener) => void listeners.push(listener),
      standing: () => ({ host: current, provenMsAgo: 0 }),
      close: () => undefined,
    },
    isOwn: true,
    database: "shop",
    open(address) {
      opened.push(address);
      const pool = openMariaDb("mariadb://nobody@127.0.0.1:1/shop", { connectTimeoutMs: 1000 });
      return Object.assign(pool, { abandon: () => void pool.close() });
    },
  });
  const ask = () => expect(db.query("select 1")).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  return { db, opened, ask, moveNext: () => (movesNext = true) };
}

test("a server that is left while a query is on its way to it is not opened again", async () => {
  const { db, opened, ask, moveNext } = openMoving();
  await ask();
  moveNext();
  await ask();
  expect(opened).toEqual(["a", "b"]);
  await db.close();
});

test("what was read of the server before is not remembered of the next", async () => {
  const { db, moveNext } = openMoving();
  expect(await db.remember("name", 60_000, async () => "of a")).toBe("of a");
  moveNext();
  expect(await db.remember("name", 60_000, async () => "of b")).toBe("of b");
  expect(await db.remember("name", 60_000, async () => "of neither")).toBe("of b");
  await db.close();
});
