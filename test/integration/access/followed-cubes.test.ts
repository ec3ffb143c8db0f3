import { afterAll, beforeAll, expect, test } from "vitest";
import { claim, defineAccess } from "../../../src/models/access.ts";
import { defineProject } from "../../../src/models/project.ts";
import { followMarket, type LiveMarket, openLiveMarket, openWsClient } from "../graphql/live-market.ts";
import { type GuardedGateway, openGuardedGateway } from "./guarded-gateway.ts";

const access = defineAccess({
  roles: {
    keeper: {
      description: "Who keeps a stall.",
      models: { stall_sale: { where: { stall: { eq: claim("stall") } } } },
    },
  },
});

let market: LiveMarket;
let keepers: readonly GuardedGateway[];
beforeAll(async () => {
  market = await openLiveMarket();
  const { database } = market.gateway;
  const domains = database.project.domains.map((domain) => ({ ...domain, access }));
  const gateway = {
    ...market.gateway,
    database: { ...database, project: defineProject({ ...database.project, domains }) },
  };
  keepers = await Promise.all(["a", "b"].map((stall) => openGuardedGateway(gateway, "keeper", { stall })));
});
afterAll(async () => {
  for (const keeper of keepers ?? []) await keeper.close();
  await market?.close();
});

test("who follow one question are each told of their own rows, and of no change elsewhere", async () => {
  const [ofA, ofB] = keepers.map(({ server }) =>
    followMarket(openWsClient(server.url), "groupBy: [STALL, CURRENCY]", "stall amount"),
  ) as [ReturnType<typeof followMarket>, ReturnType<typeof followMarket>];
  await expect.poll(() => [ofA.updates.length, ofB.updates.length]).toEqual([1, 1]);
  const stallsOf = ({ rows }: typeof ofA) =>
    new Set([...rows.values()].map((row) => (row as { stall: string }).stall));
  expect([stallsOf(ofA), stallsOf(ofB)]).toEqual([new Set(["a"]), new Set(["b"])]);
  await market.sell(70, { stall: "b", amount: "1.25" });
  await expect.poll(() => ofB.updates.length).toBe(2);
  // It comes after whatever the sale before has made them look at.
  await market.sell(71, { stall: "a", amount: "0.75" });
  await expect.poll(() => ofA.updates.length).toBe(2);
  expect(ofA.updates[1]?.changes).toHaveLength(1);
  expect([stallsOf(ofA), stallsOf(ofB)]).toEqual([new Set(["a"]), new Set(["b"])]);
  expect([...ofA.codes, ...ofB.codes]).toEqual([]);
});
