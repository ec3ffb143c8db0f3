import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelOf } from "../../../../src/web/shared/chart/chart-rows.ts";
import { compareNumbers, sumNumbers } from "../../../../src/web/shared/table/decimals.ts";
import { orderRows, sumColumns } from "../../../../src/web/shared/table/order-rows.ts";
import { toCsv, toSpreadsheet } from "../../../../src/web/shared/table/write-rows.ts";

const columns = [
  { name: "name", kind: "text" },
  { name: "amount", kind: "decimal" },
] as const;

describe("Numbers that come as text", () => {
  test("are added up without loss, however many digits they have", () => {
    expect(sumNumbers(["0.10", "0.2", 3])).toBe("3.30");
    expect(sumNumbers(["90071992547409930.01", "0.01"])).toBe("90071992547409930.02");
    expect(sumNumbers(["-0.05", "0.01"])).toBe("-0.04");
    expect(sumNumbers(["1", "x"])).toBeNull();
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })), (cents) => {
        const texts = cents.map(
          (n) =>
            `${n < 0n ? "-" : ""}${String(n < 0n ? -n : n)
              .padStart(3, "0")
              .replace(/(..)$/, ".$1")}`,
        );
        const sum = sumNumbers(texts);
        expect(BigInt((sum ?? "").replace(".", ""))).toBe(cents.reduce((a, b) => a + b, 0n));
      }),
    );
  });

  test("are compared by their value", () => {
    expect(["10.5", "9", "-2", "10.45"].sort(compareNumbers)).toEqual(["-2", "9", "10.45", "10.5"]);
    expect(compareNumbers("12345678901234567890.1", "12345678901234567890.2")).toBe(-1);
  });
});

describe("Rows", () => {
  const rows = [
    { name: "b", amount: "9.00" },
    { name: "a", amount: null },
    { name: "ä", amount: "10.00" },
  ];
  const amounts = (isDescending: boolean) =>
    orderRows(rows, columns, { column: "amount", isDescending }).map(({ amount }) => amount);

  test("are ordered by a column either way, what is nothing last, and stay as they came otherwise", () => {
    expect(amounts(false)).toEqual(["9.00", "10.00", null]);
    expect(amounts(true)).toEqual(["10.00", "9.00", null]);
    expect(orderRows(rows, columns, { column: "name", isDescending: false }).map(({ name }) => name)).toEqual(
      ["a", "ä", "b"],
    );
    expect(orderRows(rows, columns, { column: "gone", isDescending: false })).toBe(rows);
  });

  test("are added up in the columns that may be", () => {
    expect(sumColumns({ columns, rows }, () => true)).toEqual({ amount: "19.00" });
    expect(sumColumns({ columns, rows }, () => false)).toEqual({});
  });

  test("become comma-separated values as they came", () => {
    const table = {
      columns,
      rows: [
        { name: 'a,"b"\n', amount: "1.50" },
        { name: "<script>", amount: null },
      ],
    };
    expect(toCsv(table)).toBe('name,amount\n"a,""b""\n",1.50\n<script>,\n');
  });

  test("for a spreadsheet hold no formula and no code that it would take for a number", () => {
    const cell = (name: unknown, amount: unknown = null) =>
      toSpreadsheet({ columns, rows: [{ name, amount }] }).split("\r\n")[1];
    expect(cell("=1+1")).toBe("'=1+1\t");
    expect(cell("\uff1d1+1")).toBe("'\uff1d1+1\t");
    expect(cell("+49 1")).toBe("'+49 1\t");
    expect(cell("00678")).toBe('"=""00678"""\t');
    expect(cell("1E5")).toBe('"=""1E5"""\t');
    expect(cell("MAR1")).toBe('"=""MAR1"""\t');
    expect(cell("a\tb")).toBe('"a\tb"\t');
    expect(cell("Oak", "-12.50")).toBe("Oak\t-12.50");
    expect(cell("Oak", "12345678901234567.89")).toBe('Oak\t"=""12345678901234567.89"""');
  });
});

test("a column is called as people read it, no word twice in a row", () => {
  expect(labelOf("productDocument.name")).toBe("Product document name");
  expect(labelOf("design.designName")).toBe("Design name");
  expect(labelOf("stateStated")).toBe("State stated");
  expect(labelOf("TopProductsOfAState")).toBe("Top products of a state");
});
