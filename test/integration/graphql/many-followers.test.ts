import { afterAll, beforeAll, expect, test } from "vitest";
import { followMarket, type LiveMarket, openLiveMarket, openWsClient } from "./live-market.ts";

let market: LiveMarket;
beforeAll(async () => {
  market = await openLiveMarket();
});
afterAll(() => market?.close());

test("a thousand subscriptions to one question cost one evaluation per change", async () => {
  const clients = Array.from({ length: 20 }, () => openWsClient(market.gateway.server.url));
  const all = clients.flatMap((client) =>
    Array.from({ length: 50 }, () =>
      followMarket(client, 'groupBy: [STALL], where: { currency: { eq: "GBP" } }', "stall amount"),
    ),
  );
  const seen = (key: string) => all.map(({ rows }) => (rows.get(key) as { amount?: string })?.amount ?? null);
  const everybody = (amount: string | null) => all.map(() => amount);
  await expect.poll(() => all.every(({ updates }) => updates.length === 1), { timeout: 60_000 }).toBe(true);
  // Newcomers share what is known, unless it is ten seconds old.
  const atStart = await market.evaluations();
  expect(atStart).toBeLessThan(10);
  const text = await market.gateway.options.metrics.registry.metrics();
  expect(text).toMatch(/^vitrine_live_cube_questions 1$/m);
  expect(text).toMatch(/^vitrine_live_cube_followers 1000$/m);
  for (const [n, amount] of ["20.50", "21.00", "21.50"].entries()) {
    await market.sell(100 + n, { stall: "b", amount: "0.50" });
    await expect.poll(() => seen('{"stall":"b"}'), { timeout: 60_000 }).toEqual(everybody(amount));
    expect(await market.evaluations()).toBe(atStart + n + 1);
  }
  expect(all.map(({ updates }) => updates.map(({ changes }) => changes.length))).toEqual(
    all.map(() => [3, 1, 1, 1]),
  );
  // One more client is told by what is known already.
  const late = followMarket(
    openWsClient(market.gateway.server.url),
    'where: { currency: { eq: "GBP" } }, groupBy: [STALL]',
    "amount stall",
  );
  await expect.poll(() => late.rows.size).toBe(3);
  expect(await market.evaluations()).toBeLessThanOrEqual(atStart + 4);
  for (const { leave } of [...all, late]) leave();
  await expect
    .poll(() => market.gateway.options.metrics.registry.metrics())
    .toMatch(/^vitrine_live_cube_questions 0$/m);
});
