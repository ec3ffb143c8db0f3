import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DocumentStore } from "../../../src/stores/document-store.ts";
import { type RateReadOptions, readRates } from "../../../src/stores/exchange-rates.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { stallRates } from "../../support/market/models.ts";
import { createStalls, pourStalls } from "./pour-stalls.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ migrate: false });
  await createStalls(database);
});
afterAll(() => database?.close());

/** Rates from the euro of days of a January, worth a thousandth of the day more each. */
const pour = (days: readonly number[]) =>
  pourStalls(
    database,
    [],
    days.map((day, rateId) => ({
      ...{ rateId, currencyFrom: "EUR", currencyTo: "GBP", date: dayOf(day) },
      rate: `0.0${String(10 + day)}000`,
    })),
  );
const dayOf = (day: number): string => `2024-01-${String(day).padStart(2, "0")}`;

describe.each(["live", "mirror"])("Rates in pages of three, %s", (name) => {
  const open = (): DocumentStore =>
    name === "live" ? createLiveStore(database.admin) : createMirrorStore(database.mongo);
  const read = (
    [first, last]: readonly [number, number],
    options: RateReadOptions = {},
    store: DocumentStore = open(),
  ) =>
    readRates(
      store,
      stallRates,
      { currencies: ["EUR"], target: "GBP", firstDay: dayOf(first), lastDay: dayOf(last) },
      { pageSize: 3, ...options },
    );

  test("are all there, back to the one that counts on the first day and no page further", async () => {
    await pour([1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
    const pages: number[] = [];
    const onPage = (documents: number) => void pages.push(documents);
    const rates = await read([1, 11], { onPage });
    for (const day of [1, 2, 3, 4, 6, 7, 8, 9, 10, 11])
      expect(rates.rateOf("EUR", dayOf(day))).toBe(BigInt(10 + day) * 1000n);
    expect(rates.rateOf("EUR", dayOf(5))).toBe(14_000n);
    expect(pages).toEqual([3, 3, 3, 1]);
    pages.length = 0;
    await read([9, 11], { onPage });
    expect(pages).toEqual([3, 3]);
  });

  test("of one day are refused, wherever a page ends between them", async () => {
    const twice = `stall_rate has two rates from EUR to GBP of ${dayOf(4)}.`;
    for (const later of [[], [8], [8, 9], [8, 9, 10]]) {
      await pour([1, 2, 3, 4, 4, ...later]);
      // On the fifth the rates of the fourth count.
      await expect(read([5, 10]), String(later)).rejects.toThrow(twice);
      await expect(read([1, 10]), String(later)).rejects.toThrow(twice);
    }
  });

  test("have the time of one read together", async () => {
    await pour([1, 2, 3, 4, 5, 6, 7]);
    const times: number[] = [];
    const store = open();
    const slow: DocumentStore = {
      ...store,
      async findPage(model, page, options) {
        times.push(options?.timeoutMs ?? 0);
        await sleep(5);
        return store.findPage(model, page, options);
      },
    };
    await read([1, 7], { timeoutMs: 60_000 }, slow);
    expect(times).toHaveLength(3);
    expect(times).toEqual([...new Set(times)].toSorted((left, right) => right - left));
  });
});
