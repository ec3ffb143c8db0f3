import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { createLiveDocuments } from "../../../src/graphql/live-documents.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createRouter } from "../../../src/graphql/router.ts";
import { createServer, type Server } from "../../../src/graphql/server.ts";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { createMirrorFeed } from "../../../src/stores/mongodb/mirror-feed.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { type FakeSet, openFakeSet } from "../../support/fake-replica-set.ts";
import { plantGarden } from "../../support/garden/plant-garden.ts";
import gardenProject from "../../support/garden/vitrine.config.ts";
import { ask, openGatewayOf, type TestGateway } from "./gateway.ts";
import { openWsClient } from "./live-market.ts";

let gateway: TestGateway;
let server: Server;
let set: FakeSet;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const sqlDir = fileURLToPath(new URL("../../support/garden/sql", import.meta.url));
  gateway = await openGatewayOf({ project: gardenProject, sqlDir }, ({ admin }) => plantGarden(admin));
  const { mongodbUrl, urls, reader, project } = gateway.database;
  const models = project.domains.flatMap((domain) => domain.models);
  set = await openFakeSet({ url: mongodbUrl });
  const [mongo, loaderMongo] = [openMongoDb(set.url), openMongoDb(set.url)];
  const pool = openMariaDb(urls.loader, { size: loaderConnections });
  const stop = new AbortController();
  const logger = createLogger("silent");
  const loader = createLoader({ db: pool, mongo: loaderMongo, models, logger, verifyShare: 0 });
  const running = loader.run(stop.signal);
  const mirror = createMirrorStore(mongo);
  server = await createServer({
    ...gateway.options,
    stores: { live: createLiveStore(reader), mirror },
    route: createRouter({
      ...{ meter: createFreshness(reader, mongo, models), defaultMaxStalenessMs: 10_000 },
      ...{ mirrorReachable: mongo.isReachable, awaitMirror: mongo.awaitReachable },
    }),
    documents: createLiveDocuments(createMirrorFeed(mongo), mirror),
    metrics: createMetrics(),
  });
  closing.push(server.close, async () => {
    stop.abort();
    await running;
    await Promise.all([mongo.close(), loaderMongo.close(), pool.close()]);
  });
});
afterAll(async () => {
  for (const close of closing) await close();
  await set?.close();
  await gateway?.close();
});

interface Seen {
  readonly code: unknown;
  readonly refusal: string | undefined;
  readonly source: unknown;
  readonly height: number;
  readonly asOf: number;
}

async function read(source: "AUTO" | "MIRROR"): Promise<Seen> {
  const { data, errors, extensions } = await ask(
    server.url,
    `{ plantCard(id: 1 source: ${source}) { height } }`,
  );
  const said = extensions?.freshness[0];
  return {
    code: errors?.[0]?.extensions.code,
    refusal: errors?.[0]?.message,
    source: said?.source,
    height: Number((data?.plantCard as { height: number } | null | undefined)?.height),
    asOf: Date.parse(String(said?.asOf)),
  };
}

/** Reads again and again until it is stopped. */
function readOn(source: "AUTO" | "MIRROR") {
  const seen: Seen[] = [];
  let isStopped = false;
  const running = (async () => {
    while (!isStopped) {
      const first = await read(source);
      // A client that wants no other store may try once more.
      seen.push(first.code === undefined || source === "AUTO" ? first : await read(source));
      await sleep(10);
    }
  })();
  return {
    seen,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

/** Raises the height of plant 1, and remembers when each was committed. */
function writeOn() {
  const written: { readonly at: number; readonly height: number }[] = [];
  let isStopped = false;
  const running = (async () => {
    for (let height = 1000; !isStopped; height++) {
      await gateway.database.admin.run("update plant set height = ? where plant_id = 1", [height]);
      written.push({ at: Date.now(), height });
      await sleep(20);
    }
  })();
  return {
    written,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

test("through elections AUTO answers, MIRROR does with one more try, each answer is as old as it says, and a subscriber has the last state", async () => {
  const heights: number[] = [];
  const codes: unknown[] = [];
  openWsClient(server.url).subscribe<{ plantCardChanged: { document: { height: number } | null } }>(
    { query: 'subscription { plantCardChanged(ids: ["1"]) { document { height } } }' },
    {
      next: ({ data }) => heights.push(data?.plantCardChanged.document?.height ?? -1),
      error: (error) => codes.push(error),
      complete: () => undefined,
    },
  );
  await expect.poll(() => heights.length).toBeGreaterThan(0);
  const writer = writeOn();
  const [auto, mirror] = [readOn("AUTO"), readOn("MIRROR")];
  for (let round = 0; round < 2; round++) {
    await sleep(1500);
    await set.elect(700);
  }
  await sleep(500);
  await Promise.all([auto.stop(), mirror.stop(), writer.stop()]);
  for (const { seen } of [auto, mirror]) {
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.filter(({ code }) => code !== undefined)).toEqual([]);
    const tooOld = seen.filter(({ height, asOf }) => {
      const least = writer.written.findLast(({ at }) => at < asOf)?.height ?? 0;
      return height < least;
    });
    expect(tooOld).toEqual([]);
  }
  expect(new Set(mirror.seen.map(({ source }) => source))).toEqual(new Set(["MIRROR"]));
  const last = writer.written.at(-1)?.height;
  await expect.poll(() => heights.at(-1), { timeout: 20_000 }).toBe(last);
  expect(codes).toEqual([]);
});

test("an election that takes long has AUTO answered live, and MIRROR refused until one more try after it", async () => {
  const election = set.elect(10_000);
  await expect.poll(async () => (await read("MIRROR")).code).toBe("MIRROR_UNAVAILABLE");
  expect(await read("AUTO")).toMatchObject({ source: "LIVE", code: undefined });
  await election;
  await expect.poll(async () => (await read("MIRROR")).refusal, { timeout: 60_000 }).toBeUndefined();
});
