import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { countChanges } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden.close());

test("a worker takes no positions while the document that is asked for again is still being written", async () => {
  const model = { ...garden.model("gardener_plants"), batch: 1 };
  const address = new URL(garden.mongodbUrl);
  const proxy = await openTcpProxy(Number(address.port));
  address.port = String(proxy.port);
  const far = openMongoDb(address.href);
  const pool = openMariaDb(garden.mariadbUrl, { size: loaderConnections });
  const stop = new AbortController();
  const loader = createLoader({
    ...{ db: pool, mongo: far, models: [model], logger: createLogger("silent"), verifyShare: 0 },
  });
  const running = loader.run(stop.signal);
  const position = async () =>
    Number((await garden.db.query<{ n: string }>("select n from vitrine_position"))[0]?.n);
  const left = async () =>
    (await garden.db.query("select 1 from vitrine_pending")).length + (await countChanges(garden.db));
  const settled = () => expect.poll(left, { timeout: 10_000 }).toBe(0);
  try {
    await garden.db.run("update gardener set name = 'Ready' where gardener_id = 1");
    await settled();
    proxy.delay(400);
    // More rows of one document than one look takes.
    await garden.db.run(
      `insert into vitrine_pending (model, document_id, logged_at)
      select 'gardener_plants', '1', utc_timestamp(6) from seq_1_to_9`,
    );
    const before = await position();
    await sleep(4000);
    expect((await position()) - before).toBeLessThan(20);
  } finally {
    proxy.delay(0);
    await settled();
    stop.abort();
    await running;
    await proxy.close();
    await Promise.all([far.close(), pool.close()]);
  }
});

test("a model that asks for a pause between batches gets it, however much is written, and is right at the end", async () => {
  const model = { ...garden.model("species_yield"), every: "800ms" };
  const started = performance.now();
  const loader = garden.createLoader([model], { verifyShare: 0 });
  const stop = new AbortController();
  const running = loader.run(stop.signal);
  garden.events.length = 0;
  let kilos = 1;
  try {
    while (performance.now() - started < 4000) {
      await garden.db.run("update harvest set kilos = ? where plant_id = 1", [kilos++]);
      await sleep(20);
    }
    const batches = garden.events.filter(
      (event) => event.type === "applied" && event.kind === "changes",
    ).length;
    expect(batches).toBeGreaterThan(1);
    expect(batches).toBeLessThanOrEqual(2 + (performance.now() - started) / 800);
    const left = () => garden.db.query("select 1 from vitrine_pending where model = 'species_yield'");
    await expect.poll(async () => (await left()).length, { timeout: 10_000 }).toBe(0);
    expect((await garden.verify(model.name)).defects).toEqual([]);
  } finally {
    stop.abort();
    await running;
  }
});
