import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const LINES = 30_000;

/** Less than any line takes, more than what is in a buffer at that moment comes to. */
const KEPT_BYTES = 32;

// A file made before it is written would not fit into this memory. There are no more than 1,096 days, 56 countries.
test.each([
  [
    "pos",
    {
      "customers.csv": LINES,
      "orders.csv": LINES,
      "orderlines.csv": LINES,
      "products.csv": LINES,
      "TAXRATES.csv": LINES,
    },
  ],
  [
    "softcart",
    {
      "oltpdata.csv": LINES,
      "sales_olddata.csv": LINES,
      "sales_newdata.csv": LINES,
      "sales.csv": LINES,
      "catalog.json": LINES,
      "DimDate.csv": 1096,
      "DimCategory.csv": 6,
      "DimCountry.csv": 57,
      "FactSales.csv": LINES,
      "ecommerce.csv": LINES,
    },
  ],
  [
    "totesys",
    {
      "address.csv": 31,
      "counterparty.csv": 21,
      "currency.json": 4,
      "currency_rate.csv": 2245,
      "department.csv": 9,
      "design.ndjson": LINES,
      "payment_type.json": 5,
      "staff.csv": 21,
      "sales_order.csv": LINES,
      "purchase_order.csv": LINES,
      "transaction.csv": LINES,
      "payment.csv": LINES,
    },
  ],
])(
  "a sample of %s of scale 100 is generated and written in 48 MB, however many lines it has",
  async (name, lines) => {
    const dir = await mkdtemp(join(tmpdir(), "vitrine-generate-"));
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          "--expose-gc",
          "--max-old-space-size=48",
          "--import",
          "tsx",
          "test/support/generate-child.ts",
          name,
          dir,
          String(LINES),
        ],
        { timeout: 110_000 },
      );
      const told: { lines: object; kept: Record<string, number> } = JSON.parse(stdout);
      expect(told.lines).toEqual(lines);
      expect(Object.entries(told.kept).filter(([, bytes]) => bytes >= KEPT_BYTES)).toEqual([]);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
  120_000,
);
