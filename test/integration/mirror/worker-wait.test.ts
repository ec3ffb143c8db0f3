import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPosition } from "../../../src/core/position.ts";
import { runWorker } from "../../../src/mirror/lanes/worker.ts";
import { createSnapshotPool, type SnapshotPool } from "../../../src/mirror/snapshots.ts";
import { createWakeUp } from "../../../src/mirror/wake-up.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden?.close());

/** What a worker said of its next read (what it leaves to others), and how long the reads took when their turn had come. */
interface Turn {
  readonly leaves: number;
  readMs: number;
}

/** A pool in which everybody waits before they are given a pair. */
function makeWait(pool: SnapshotPool, ms: number, turns: Turn[]): SnapshotPool {
  return {
    ...pool,
    async use(work, options = {}) {
      const turn: Turn = { leaves: options.leaves ?? 0, readMs: 0 };
      turns.push(turn);
      await sleep(ms);
      return pool.use(async (pair) => {
        const started = performance.now();
        try {
          return await work(pair);
        } finally {
          turn.readMs = performance.now() - started;
        }
      }, options);
    },
  };
}

test("a worker that waits for its turn among others is not taken for a slow one", async () => {
  const model = garden.model("gardener_plants");
  const pool = createSnapshotPool(garden.db, 1);
  const turns: Turn[] = [];
  const stop = new AbortController();
  const wakeUp = createWakeUp();
  const { n } = await readPosition(garden.db);
  const running = runWorker({
    ...{ db: garden.db, mongo: garden.mongo, model, wakeUp, signal: stop.signal },
    snapshots: makeWait(pool, 200, turns),
    exhausted: () => n,
    onEvent: () => undefined,
    onReady: () => undefined,
  });
  // A read that was slow itself, on a busy machine, says nothing: others follow it.
  const judged = () => turns.slice(1).filter((_turn, at) => (turns[at]?.readMs ?? 0) < 90);
  await expect
    .poll(
      async () => {
        await garden.db.run(
          "insert into vitrine_pending (model, document_id, logged_at) values (?, '1', utc_timestamp(6))",
          [model.name],
        );
        wakeUp.raise();
        return judged().length;
      },
      { timeout: 60_000, interval: 100 },
    )
    .toBeGreaterThan(2);
  stop.abort();
  await running;
  await pool.close();
  expect(judged().map(({ leaves }) => leaves)).toEqual(judged().map(() => 0));
});
