import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readTestSeed } from "../../support/test-seed.ts";
import { emptyWarehouse, importTexts, readSales, warehouseProject } from "../../support/warehouse.ts";

const seed = readTestSeed();

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: warehouseProject });
});
afterAll(() => database?.close());

/** So few values that many sales are alike, in all or in part. */
const goods = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 }));
const moment = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom(0, 7, 8, 59));
const sales = fc.array(fc.tuple(goods, moment), { minLength: 2, maxLength: 14 });

interface Line {
  readonly file: string;
  readonly text: string;
}

/** The lines of all files about the same sales: the first `oldCount` in the old file, some in sales.csv too. */
function toLines(
  some: readonly (readonly [readonly [number, number], readonly [number, number]])[],
  oldCount: number,
): readonly Line[] {
  return some.flatMap(([[product, customer], [minute, second]], index) => {
    const thing = `${product},${customer},${product * 3}.50,${customer}`;
    const day = `2020-01-31 10:0${minute}`;
    const exact = `${day}:${String(second).padStart(2, "0")}`;
    const rowId = index + 1;
    const swapped = `31/01/2020 10:0${minute}`;
    return [
      { file: "oltpdata.csv", text: `${thing},${exact}` },
      rowId <= oldCount
        ? { file: "sales_olddata.csv", text: `${rowId},${thing},${rowId % 2 === 0 ? swapped : day}` }
        : { file: "sales_newdata.csv", text: `${rowId},${thing}` },
      ...(rowId % 3 === 0 ? [{ file: "sales.csv", text: `${rowId},${thing}, ${exact}` }] : []),
    ];
  });
}

/** The files of one import that hold these lines. */
function toFiles(lines: readonly Line[]): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const { file, text } of lines) {
    const header = "rowid, product_id, customer_id, price, quantity, timestamp\n";
    files[file] = `${files[file] ?? (file === "sales.csv" ? header : "")}${text}\n`;
  }
  return files;
}

const importLines = (lines: readonly Line[]) => importTexts(database.admin, "sales", toFiles(lines));

test(`Any splits, orders and repeats of the files of sales end in one state (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      sales,
      fc.integer({ min: 0, max: 14 }),
      fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 60, maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      async (some, oldCount, draws, parts) => {
        const lines = toLines(some, oldCount);
        await emptyWarehouse(database.admin);
        await importLines(lines);
        const whole = await readSales(database.admin);

        // Equal lines without row ids stay together: in two files they are one sale.
        const texts = [...new Set(lines.map(({ file, text }) => `${file} ${text}`))];
        const partOf = ({ file, text }: Line) =>
          (draws[texts.indexOf(`${file} ${text}`) % draws.length] ?? 0) % parts;
        const pieces = Array.from({ length: parts }, (_, part) =>
          lines.filter((line) => partOf(line) === part),
        );
        const order = [...pieces.keys(), ...draws.slice(0, 3).map((draw) => draw % parts)]
          .map((part, index) => ({ part, place: draws[index + 20] ?? 0 }))
          .sort((a, b) => a.place - b.place);
        await emptyWarehouse(database.admin);
        for (const { part } of order) {
          const piece = pieces[part] ?? [];
          if (piece.length > 0) await importLines(piece);
        }
        expect(await readSales(database.admin)).toEqual(whole);

        // Each sale is there once, with the time that the till wrote.
        const told = lines
          .filter(({ file }) => file === "oltpdata.csv")
          .map(({ text }) => text)
          .sort();
        const kept = await database.admin.query<{ text: string }>(
          `select concat_ws(',', product_id, customer_id, price, quantity, date_format(sold_at, '%Y-%m-%d %H:%i:%s'))
            as text from softcart_sales`,
        );
        expect(kept.map(({ text }) => text).sort()).toEqual(told);
        expect(whole.every(({ row_id, is_fact }) => row_id !== null && is_fact === 1)).toBe(true);
      },
    ),
    { seed, numRuns: 12, endOnFailure: true },
  );
}, 300_000);
