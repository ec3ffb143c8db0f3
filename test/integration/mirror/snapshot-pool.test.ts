import { afterAll, beforeAll, expect, test } from "vitest";
import { createSnapshotPool, type Snapshots } from "../../../src/mirror/snapshots.ts";
import { defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }) });
});
afterAll(() => db?.close());

/** Which connection reads, after a snapshot was taken on it. */
async function readId(snapshots: Snapshots): Promise<number> {
  const snapshot = await snapshots.open();
  const [row] = await snapshot.connection.query<{ id: number }>("select connection_id() as id");
  await snapshot.release();
  return Number(row?.id);
}

test("a pair whose server left while nobody used it is not given to anybody", async () => {
  const pool = createSnapshotPool(db.loader, 1);
  const first = await pool.use(readId);
  expect(await pool.use(readId)).toBe(first);
  await db.admin.run("kill ?", [first]);
  await expect
    .poll(async () => (await db.admin.query("show processlist")).some(({ Id }) => Number(Id) === first))
    .toBe(false);
  expect(await pool.use(readId)).not.toBe(first);
  await pool.close();
});

test("what is known to take long leaves a pair to others, who come in their order", async () => {
  const pool = createSnapshotPool(db.loader, 2);
  const order: string[] = [];
  let end: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  const slow = [1, 2].map((number) =>
    pool.use(
      async () => {
        order.push(`long ${number}`);
        await held;
      },
      { leaves: 1 },
    ),
  );
  // Which pair is open first is up to the server.
  await expect.poll(() => order).toEqual(["long 1"]);
  for (const name of ["quick 1", "quick 2"]) await pool.use(async () => void order.push(name));
  expect(order).toEqual(["long 1", "quick 1", "quick 2"]);
  end();
  await Promise.all(slow);
  expect(order).toEqual(["long 1", "quick 1", "quick 2", "long 2"]);
  await pool.close();
});

test("rebuilds wait for each other, and what was slow once for none of them", async () => {
  const pool = createSnapshotPool(db.loader, 3);
  const order: string[] = [];
  let end: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  const hold = (name: string) => async () => {
    order.push(name);
    await held;
  };
  const rebuilds = [1, 2].map((number) => pool.use(hold(`range ${number}`), { leaves: 2 }));
  await expect.poll(() => order).toEqual(["range 1"]);
  await pool.use(async () => void order.push("slow"), { leaves: 1 });
  const slow = pool.use(hold("slow again"), { leaves: 1 });
  await expect.poll(() => order).toEqual(["range 1", "slow", "slow again"]);
  await pool.use(async () => void order.push("quick"));
  end();
  await Promise.all([...rebuilds, slow]);
  expect(order).toEqual(["range 1", "slow", "slow again", "quick", "range 2"]);
  await pool.close();
});

test("a pair whose work failed is closed, and its place is free", async () => {
  const pool = createSnapshotPool(db.loader, 1);
  let seen = 0;
  const failing = pool.use(async (snapshots) => {
    seen = await readId(snapshots);
    throw new Error("No.");
  });
  await expect(failing).rejects.toThrow("No.");
  expect(await pool.use(readId)).not.toBe(seen);
  await pool.close();
});

test("one that cannot be opened fails who wanted it, and its place is free", async () => {
  let isRefused = true;
  const refusing: TestDatabase["loader"] = {
    ...db.loader,
    withConnection: (work) =>
      isRefused ? Promise.reject(new Error("Too many connections")) : db.loader.withConnection(work),
  };
  const pool = createSnapshotPool(refusing, 1);
  await expect(pool.use(readId)).rejects.toThrow("Too many connections");
  isRefused = false;
  expect(await pool.use(readId)).toBeGreaterThan(0);
  await pool.close();
});
