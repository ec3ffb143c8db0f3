import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { followMarket, type LiveMarket, openLiveMarket, openWsClient } from "./live-market.ts";

let market: LiveMarket;
beforeAll(async () => {
  market = await openLiveMarket();
});
afterAll(() => market?.close());

const follow = (args: string, fields: string) =>
  followMarket(openWsClient(market.gateway.server.url), args, fields);
const rowsNow = async (args: string, fields: string) => {
  const { data } = await market.gateway.ask(`{ stallSale(${args} source: LIVE) { ${fields} } }`);
  return data?.stallSale;
};

describe("A question that is followed", () => {
  test("tells all rows first, then only those that differ, and those that are gone", async () => {
    const told = follow('groupBy: [STALL], where: { currency: { eq: "GBP" } }', "stall amount");
    await expect.poll(() => told.updates.length).toBe(1);
    expect(told.updates[0]).toMatchObject({
      isWhole: true,
      changes: [
        { key: '{"stall":"a"}', row: { stall: "a", amount: "10.00" } },
        { key: '{"stall":"b"}', row: { stall: "b", amount: "20.00" } },
        { key: '{"stall":"c"}', row: { stall: "c", amount: "30.00" } },
      ],
    });
    await market.sell(10, { stall: "b", amount: "2.50" });
    await expect.poll(() => told.rows.get('{"stall":"b"}')).toEqual({ stall: "b", amount: "22.50" });
    expect(told.updates[1]).toMatchObject({ isWhole: false, changes: [{ key: '{"stall":"b"}' }] });
    expect(told.updates[1]?.changes).toHaveLength(1);
    await market.gateway.database.admin.run("delete from sale where sale_id = 10");
    await market.gateway.database.admin.run("update sale set stall = 'd' where sale_id = 2");
    await expect.poll(() => told.rows.has('{"stall":"b"}')).toBe(false);
    await expect
      .poll(() => [...told.rows.values()])
      .toEqual(await rowsNow('groupBy: [STALL], where: { currency: { eq: "GBP" } }', "stall amount"));
    expect(told.codes).toEqual([]);
  });
});
