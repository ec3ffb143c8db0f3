import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { emptyWarehouse, importTexts, warehouseProject } from "../../support/warehouse.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: warehouseProject });
});
afterAll(() => database?.close());
beforeEach(() => emptyWarehouse(database.admin));

const query = (sql: string) => database.admin.query(sql);

describe.each([
  ["DimCountry.csv", "countryid,country", "dim_country", "country_id"],
  ["DimCategory.csv", "categoryid,category", "dim_category", "category_id"],
] as const)("Names of %s", (file, header, table, id) => {
  const importNames = async (lines: string) =>
    importTexts(database.admin, "orders", { [file]: `${header}\n${lines}` });
  const readNames = async () =>
    (await query(`select ${id} as id, name from ${table} order by 1`)).map((row) => `${row.id},${row.name}`);

  test.each([
    ["swapped", "1,Peru\n2,Chile\n", ["1,Peru", "2,Chile", "3,Cuba"], []],
    ["moved in a circle", "3,Peru\n1,Cuba\n2,Chile\n", ["1,Cuba", "2,Chile", "3,Peru"], []],
    ["handed on", "1,Peru\n2,Fiji\n", ["1,Peru", "2,Fiji", "3,Cuba"], []],
    ["handed on to a new id", "1,Fiji\n4,Chile\n", ["1,Fiji", "2,Peru", "3,Cuba", "4,Chile"], []],
    // 3 stays Cuba, so 2 stays Peru, so 1 is not Peru.
    ["not given up", "1,Peru\n2,Cuba\n4,Togo\n", ["1,Chile", "2,Peru", "3,Cuba", "4,Togo"], [2, 3]],
    ["kept by a bad line", "1,Peru\n2,\n3,Oman\n", ["1,Chile", "2,Peru", "3,Oman"], [2, 3]],
  ])(
    "that are %s in one file are so at once; the same file again changes nothing",
    async (_, lines, names, refused) => {
      await importNames("1,Chile\n2,Peru\n3,Cuba\n");
      for (const isAgain of [false, true]) {
        const { tables } = await importNames(lines);
        if (isAgain) expect(tables.filter((one) => one.inserted + one.updated + one.deleted > 0)).toEqual([]);
        expect(await readNames()).toEqual(names);
        expect(await query("select `row` as line from vitrine_import_reject order by 1")).toEqual(
          refused.map((line) => ({ line: String(line) })),
        );
      }
    },
  );
});
