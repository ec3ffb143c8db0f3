import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { readCubeQuestion } from "../../../src/graphql/cube-conversion.ts";
import { createLiveCubes, type LiveCubes, type LiveCubesOptions } from "../../../src/graphql/live-cubes.ts";
import type { CubeUpdate } from "../../../src/graphql/live-rows.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createRouter } from "../../../src/graphql/router.ts";
import { createMirrorFeed } from "../../../src/stores/mongodb/mirror-feed.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { stalls } from "../../support/market/models.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";
import { type LiveMarket, openLiveMarket } from "./live-market.ts";

let market: LiveMarket;
beforeAll(async () => {
  market = await openLiveMarket();
});
afterAll(() => market?.close());

/** Follows questions over a way to MongoDB that can be made bad. */
async function openLiveCubes(changes: Partial<LiveCubesOptions> = {}) {
  const { reader, mongodbUrl, project } = market.gateway.database;
  const url = new URL(mongodbUrl);
  const link = await openTcpProxy(Number(url.port));
  url.port = String(link.port);
  const mongo = openMongoDb(url.href);
  const models = project.domains.flatMap((domain) => domain.models);
  const failures: string[] = [];
  const cubes = createLiveCubes({
    ...market.gateway.options,
    models,
    stores: { live: market.gateway.options.stores.live, mirror: createMirrorStore(mongo) },
    route: createRouter({
      meter: createFreshness(reader, mongo, models),
      mirrorReachable: mongo.isReachable,
      defaultMaxStalenessMs: 10_000,
    }),
    feed: createMirrorFeed(mongo),
    metrics: createMetrics().liveCubes,
    onFailure: ({ name }) => failures.push(name),
    ...changes,
  });
  onTestFinished(async () => {
    await mongo.close();
    await link.close();
  });
  return { cubes, link, failures };
}

/** Follows how many sales there are by some dimensions, of stalls that begin so. */
function follow(cubes: LiveCubes, groupBy: readonly string[], client = "one") {
  const selected = { names: new Set([...groupBy, "sales"]), windows: [], places: new Map() };
  const question = readCubeQuestion(stalls, { groupBy }, selected, []);
  const updates = cubes.follow({ ...question, cube: stalls, convertTo: null }, client);
  onTestFinished(async () => void (await updates.return?.()));
  return {
    async next(): Promise<CubeUpdate> {
      return (await updates.next()).value;
    },
    /** What is told until a row has a value. */
    async until(key: string, sales: number | null): Promise<void> {
      for (;;) {
        const { value } = await updates.next();
        const change = (value as CubeUpdate).changes.find((one) => one.key === key);
        if (change && (change.row?.values.sales ?? null) === sales) return;
      }
    },
    leave: () => updates.return?.(),
  };
}

test("while MongoDB is away newcomers learn why, and the others are told afterwards what they missed", async () => {
  const { cubes, link, failures } = await openLiveCubes();
  const told = follow(cubes, ["stall"]);
  await told.until('{"stall":"a"}', 2);
  await link.stop();
  await market.sell(50, { stall: "away" });
  const late = follow(cubes, ["currency"]);
  await expect(late.next()).rejects.toMatchObject({ code: "MIRROR_UNAVAILABLE" });
  await link.start();
  await told.until('{"stall":"away"}', 1);
  // Each question is told of once, however often it was tried.
  expect(failures.length).toBeLessThanOrEqual(2);
  const back = follow(cubes, ["currency"]);
  await back.until('{"currency":"EUR"}', 1);
  await market.gateway.database.admin.run("delete from sale where sale_id = 50");
  await told.until('{"stall":"away"}', null);
});

test("one question too many is refused, until another one is over", async () => {
  const { cubes } = await openLiveCubes({ maxQuestions: 2 });
  const [one, same, other] = [["stall"], ["stall"], ["currency"]].map((groupBy) => follow(cubes, groupBy));
  expect(() => follow(cubes, [])).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  await one?.leave();
  expect(() => follow(cubes, [])).toThrow("2 questions to cubes are followed");
  await same?.leave();
  await follow(cubes, []).until("{}", 4);
  await other?.until('{"currency":"GBP"}', 3);
});

test("where there is no room, the newest question of whoever follows most gives way to others", async () => {
  const { cubes } = await openLiveCubes({ maxQuestions: 2 });
  const [kept, given] = [["stall"], ["currency"]].map((groupBy) => follow(cubes, groupBy, "greedy"));
  const other = follow(cubes, [], "other");
  await expect(given?.next()).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  await other.until("{}", 4);
  await kept?.until('{"stall":"a"}', 2);
  expect(() => follow(cubes, ["currency"], "greedy")).toThrow("2 questions to cubes are followed");
});

test("one client takes no more than its share of questions, and what others ask first costs it none", async () => {
  const { cubes } = await openLiveCubes({ maxOfOne: 1 });
  const [greedy, other] = ["greedy", "other"];
  const first = follow(cubes, ["stall"], greedy);
  expect(() => follow(cubes, [], greedy)).toThrow("1 questions to cubes are followed for one client");
  const told = follow(cubes, [], other);
  follow(cubes, [], greedy);
  await told.until("{}", 4);
  await first.leave();
  follow(cubes, ["currency"], greedy);
});

test("nothing is read when nobody follows, and whoever comes then is told the present state first", async () => {
  const reads: string[] = [];
  const { mirror, live } = market.gateway.options.stores;
  const aggregate: typeof mirror.aggregate = (cube, ...rest) => {
    reads.push(cube.name);
    return mirror.aggregate(cube, ...rest);
  };
  const { cubes } = await openLiveCubes({ stores: { live, mirror: { ...mirror, aggregate } } });
  const told = follow(cubes, ["stall"]);
  await told.until('{"stall":"a"}', 2);
  await told.leave();
  const { length } = reads;
  await market.sell(60, { stall: "a" });
  const query = '{ stallSale(where: { stall: { eq: "a" } }, source: MIRROR) { sales } }';
  await expect.poll(async () => (await market.gateway.ask(query)).data?.stallSale).toEqual([{ sales: 3 }]);
  expect(reads).toHaveLength(length);
  const { changes } = await follow(cubes, ["stall"]).next();
  expect(changes.find(({ key }) => key === '{"stall":"a"}')?.row?.values.sales).toBe(3);
  await market.gateway.database.admin.run("delete from sale where sale_id = 60");
});

test("a question that is answered by no roll-up follows the facts", async () => {
  const { cubes } = await openLiveCubes();
  const told = follow(cubes, ["soldOnWeekday"]);
  await told.until('{"soldOnWeekday":6}', 1);
  await market.sell(70, { soldOn: "2024-02-10" });
  await told.until('{"soldOnWeekday":6}', 2);
});
