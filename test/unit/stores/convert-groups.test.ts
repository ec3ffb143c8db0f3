import { expect, test } from "vitest";
import { convertGroups } from "../../../src/stores/convert-groups.ts";
import type { CubeQuery, CubeRow } from "../../../src/stores/cube-store.ts";
import { toRates } from "../../../src/stores/exchange-rates.ts";
import { stallRates, stalls } from "../../support/market/models.ts";

test("a part is read once for all its sets, and parts that make too many groups are read no further", async () => {
  const query: CubeQuery = {
    ...{ sets: [["stall"], ["stall", "soldOn"]], measures: ["amount"], where: null, having: null },
    ...{ orderBy: [], limit: 10, withTies: false },
  };
  const known = [{ currencyFrom: "EUR", date: "2024-01-01", rate: "0.5" }];
  const rates = toRates(stallRates, "GBP", known);
  let read = 0;
  const counting = {
    ...rates,
    rateOf(currency: string, day: string) {
      read += 1;
      return rates.rateOf(currency, day);
    },
  };
  const partOf = (n: number): CubeRow => ({
    groupedBy: ["stall", "soldOn", "currency"],
    values: { stall: `s${n}`, soldOn: "2024-01-02", currency: "EUR", amount: "1.00" },
  });
  const parts = (many: number) => Array.from({ length: many }, (_, n) => partOf(n));
  const few = await convertGroups({ cube: stalls, query, rows: parts(4) }, counting);
  expect(few).toHaveLength(8);
  expect(read).toBe(4);
  read = 0;
  await expect(convertGroups({ cube: stalls, query, rows: parts(60_000) }, counting)).rejects.toMatchObject({
    code: "LIMIT_EXCEEDED",
    message: expect.stringContaining("more than 100000 groups"),
  });
  expect(read).toBe(50_001);
});
