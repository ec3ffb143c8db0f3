import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordRejected } from "../../../src/core/rejected-documents.ts";
import { stalls } from "../../support/market/models.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";
import { followMarket, type LiveMarket, openLiveMarket, openWsClient } from "./live-market.ts";

let market: LiveMarket;
beforeAll(async () => {
  market = await openLiveMarket();
});
afterAll(() => market?.close());

const follow = (args: string, fields: string) =>
  followMarket(openWsClient(market.gateway.server.url), args, fields);
const run = (sql: string) => market.gateway.database.admin.run(sql);
/** The rows, and the model that gave them. */
async function ask(args: string, fields: string, source: string) {
  const { data, errors, extensions } = await market.gateway.ask(
    `{ stallSale(${args} source: ${source}) { ${fields} } }`,
  );
  expect(errors).toBeUndefined();
  return { rows: data?.stallSale, model: extensions?.freshness.at(-1)?.model };
}

describe("A question that is followed", () => {
  test("tells all rows first, then only those that differ, and those that are gone", async () => {
    const question = ['groupBy: [STALL], where: { currency: { eq: "GBP" } }', "stall amount"] as const;
    const told = follow(...question);
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
    await run("delete from sale where sale_id = 10");
    await run("update sale set stall = 'd' where sale_id = 2");
    await expect.poll(() => told.rows.has('{"stall":"b"}')).toBe(false);
    await expect.poll(() => [...told.rows.values()]).toEqual((await ask(...question, "LIVE")).rows);
    const positions = told.updates.map(({ position }) => BigInt(position));
    expect(positions).toEqual([...positions].sort((one, other) => (one < other ? -1 : 1)));
    await run("update sale set stall = 'b' where sale_id = 2");
    await expect.poll(() => told.rows.has('{"stall":"b"}')).toBe(true);
    expect(told.codes).toEqual([]);
  });

  test("may have subtotals, windows, conditions on groups, an end, and lead to facts", async () => {
    const args = "rollup: [CURRENCY, STALL], having: { sales: { gt: 0 } }, orderBy: [SALES_DESC], first: 3";
    const fields =
      "level stall currency amount share { sales } sum: runningTotal { sales } facts(first: 5) { totalCount }";
    const told = follow(args, fields);
    const { rows } = await ask(args, fields, "LIVE");
    await expect.poll(() => [...told.rows.values()]).toEqual(rows);
    await market.sell(11, { stall: "z", amount: "500.00" });
    const later = (await ask(args, fields, "LIVE")).rows as Record<string, unknown>[];
    expect(later).not.toEqual(rows);
    await expect
      .poll(() => [...told.rows.values()])
      .toEqual(expect.arrayContaining(later.map((row) => expect.objectContaining(row))));
    expect(told.rows.size).toBe(3);
    await run("delete from sale where sale_id = 11");
    await expect.poll(() => [...told.rows.values()]).toEqual(expect.arrayContaining(rows as unknown[]));
  });

  test("of a roll-up is evaluated when a group changes that it asks about, and not for others", async () => {
    const question = [
      'groupBy: [SOLD_ON_MONTH], where: { currency: { eq: "EUR" } }',
      "soldOnMonth sales amount",
    ] as const;
    expect((await ask(...question, "MIRROR")).model).toBe("stall_sale_by_sold_on_currency_stall");
    const told = follow(...question);
    await expect.poll(() => told.rows.get('{"soldOnMonth":"2024-01-01"}')).toMatchObject({ sales: 1 });
    const before = await market.evaluations();
    await market.sell(20, { currency: "GBP" });
    const pounds = ['where: { currency: { eq: "GBP" } }', "sales"] as const;
    const { rows } = await ask(...pounds, "LIVE");
    await expect.poll(async () => (await ask(...pounds, "MIRROR")).rows).toEqual(rows);
    await market.sell(21, { currency: "EUR", stall: "b" });
    await expect.poll(() => told.rows.get('{"soldOnMonth":"2024-01-01"}')).toMatchObject({ sales: 2 });
    expect((await market.evaluations()) - before).toBe(1);
    await run("delete from sale where sale_id in (20, 21)");
    await expect.poll(() => told.rows.get('{"soldOnMonth":"2024-01-01"}')).toMatchObject({ sales: 1 });
  });

  test("goes from a roll-up that lacks a group to the facts, though nothing is written then", async () => {
    const { admin, mongo } = market.gateway.database;
    const byDay = stalls.cube.rollUps.find(({ name }) => name.endsWith("_on_currency_stall"));
    if (!byDay) throw new Error("There is no such roll-up.");
    const told = follow("groupBy: [SOLD_ON_MONTH, CURRENCY]", "soldOnMonth currency sales amount");
    await expect.poll(() => told.rows.size).toBe(3);
    const groups = mongo.db.collection<{ _id: string }>(byDay.name);
    // As a group that could not be built: what is written is told, and that it is missing is written nowhere.
    const lost = await groups.findOneAndDelete({ _id: '["2024-02-03", "GBP", "c"]' });
    const key = '{"soldOnMonth":"2024-02-01","currency":"GBP"}';
    await expect.poll(() => told.rows.has(key)).toBe(false);
    await admin.withConnection((connection) =>
      recordRejected(connection, byDay, new Map([[String(lost?._id), "No."]]), null),
    );
    await expect.poll(() => told.rows.get(key)).toMatchObject({ sales: 1 });
    await run("delete from vitrine_rejected");
    if (lost) await groups.insertOne(lost);
  });

  test("of money in one currency follows the rates too, and ends when one is missing", async () => {
    const told = follow('where: { stall: { eq: "a" } }, convertTo: "GBP"', "amount");
    await expect.poll(() => told.rows.get("{}")).toEqual({ amount: "12.50" });
    await run("update rate set rate = 2 where rate_id = 1");
    await expect.poll(() => told.rows.get("{}")).toEqual({ amount: "20.00" });
    await market.sell(30, { currency: "USD" });
    await expect.poll(() => told.codes).toEqual(["RATE_UNKNOWN"]);
    await run("delete from sale where sale_id = 30");
    await run("update rate set rate = 0.5 where rate_id = 1");
  });

  test("is evaluated at most once a second, however much is written", async () => {
    const told = follow("groupBy: [STALL, CURRENCY]", "stall currency amount sales");
    await expect.poll(() => told.updates.length).toBe(1);
    const [before, startedAt] = [await market.evaluations(), performance.now()];
    for (let n = 0; n < 100; n++) await market.sell(1000 + n, { stall: "a", amount: "0.01" });
    await expect.poll(() => told.rows.get('{"stall":"a","currency":"GBP"}')).toMatchObject({ sales: 101 });
    const seconds = (performance.now() - startedAt) / 1000;
    expect((await market.evaluations()) - before).toBeLessThanOrEqual(Math.floor(seconds) + 1);
    await run("delete from sale where sale_id >= 1000");
    await expect.poll(() => told.rows.get('{"stall":"a","currency":"GBP"}')).toMatchObject({ sales: 1 });
  });

  test.each([
    ["what nothing is grouped by", "groupBy: [CURRENCY]", "stall amount", "BAD_INPUT"],
    ["money of several currencies", "groupBy: [STALL]", "stall amount", "QUERY_INVALID"],
    ["more rows than an answer has", "groupBy: [STALL], first: 20000", "stall sales", "BAD_INPUT"],
    [
      "what costs too much",
      "groupBy: [STALL], first: 10000",
      `stall ${"sales items ".repeat(1)} facts(first: 500) { nodes { stall currency } }`,
      "LIMIT_EXCEEDED",
    ],
  ])("is refused by name for %s", async (_what, args, fields, code) => {
    const told = follow(args, fields);
    await expect.poll(() => told.codes).toEqual([code]);
  });
});

describe("A client", () => {
  test("that lost its connection is told all rows again, and so what went meanwhile", async () => {
    const proxy = await openTcpProxy(market.gateway.server.port);
    const client = openWsClient(`http://127.0.0.1:${proxy.port}/graphql`);
    const told = followMarket(client, 'groupBy: [STALL], where: { currency: { eq: "GBP" } }', "stall sales");
    await market.sell(40, { stall: "gone" });
    await expect.poll(() => told.rows.has('{"stall":"gone"}')).toBe(true);
    await proxy.stop();
    const { length } = told.updates;
    await run("delete from sale where sale_id = 40");
    await proxy.start();
    await expect.poll(() => told.rows.has('{"stall":"gone"}')).toBe(false);
    expect(told.updates[length]?.isWhole).toBe(true);
    await proxy.close();
  });
});
