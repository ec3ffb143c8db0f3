import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { clearChanges, countChanges } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden?.close());

const drained = async () => {
  const left = `select (select count(*) from vitrine_pending)
    + (select count(*) from vitrine_state where rebuild_status <> 'done') as n`;
  while ((await countChanges(garden.db)) + Number((await garden.db.query<{ n: string }>(left))[0]?.n) > 0)
    await sleep(20);
};

test("a busy loader does not overtake the positions of a source that was replaced by an older copy", {
  timeout: 60_000,
}, async () => {
  const url = new URL(garden.mariadbUrl);
  const proxy = await openTcpProxy(Number(url.port));
  url.port = String(proxy.port);
  const db = openMariaDb(url.href, { size: loaderConnections });
  const stop = new AbortController();
  const { mongo, models } = garden;
  const running = createLoader({ db, mongo, models, logger: createLogger("silent") }).run(stop.signal);
  try {
    await garden.db.run("update harvest set price = 3 where plant_id = 1");
    await sleep(500);
    await drained();
    // A copy from before that change, on a server that was restarted for it.
    await proxy.stop();
    await garden.db.transaction(async (connection) => {
      // Below the batches of that change, which are the last ones of these models.
      await connection.run(
        `update vitrine_position set n = (select min(acked) from vitrine_state
          where model in ('plant_card', 'gardener_plants')) - 1`,
      );
      await connection.run("update vitrine_state set acked = least(acked, (select n from vitrine_position))");
      await connection.run("update harvest set price = 9.90 where plant_id = 1");
      await clearChanges(connection);
    });
    await proxy.start();
    // So much that the positions are passed before the guard looks again.
    const until = performance.now() + 2500;
    for (let round = 0; performance.now() < until; round++) {
      await garden.db.run("update gardener set name = ? where gardener_id = 2", [`N${round}`]);
      await sleep(5);
    }
    await drained();
    expect(await garden.disagreements()).toEqual([]);
    expect(await garden.defects()).toEqual([]);
  } finally {
    stop.abort();
    await running;
    await db.close();
    await proxy.close();
  }
});
