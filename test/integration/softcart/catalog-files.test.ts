import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { describeRejects, emptyWarehouse, importTexts, warehouseProject } from "../../support/warehouse.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: warehouseProject });
});
afterAll(() => database?.close());
beforeEach(() => emptyWarehouse(database.admin));

const importCatalog = (...lines: readonly (string | object)[]) =>
  importTexts(database.admin, "catalog", {
    "catalog.json": lines
      .map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`)
      .join(""),
  });
const readProducts = () =>
  database.admin.query(
    `select if(catalog_id < 0, null, catalog_id) as id, kind, brand, model, screen_size, ram_gb, hard_disk_gb, resolution
    from catalog_product order by kind, model, screen_size`,
  );
const readRejects = () => describeRejects(database.admin);
const none = { brand: null, ram_gb: null, hard_disk_gb: null, resolution: null };

const laptop = { type: "laptop", model: "AB12", "screen size": 15.6, ram: "512MB", "hard disk": "500MB" };
const television = {
  type: "television",
  brand: "Sony",
  model: "TV 4",
  "screen size": "55 inch",
  resolution: "3840x2160",
};
const phone = { type: "smart phone", model: "Q", "screen size": 6 };

describe("softcart.md, catalog.json", () => {
  test("NDJSON: laptops {type, model, screen size, ram, hard disk}, televisions, smart phones; keys with a blank", async () => {
    expect(await importCatalog(laptop, television, phone)).toMatchObject({ rejects: 0 });
    expect(await readProducts()).toEqual([
      {
        ...none,
        id: null,
        kind: "laptop",
        model: "AB12",
        screen_size: "15.60",
        ram_gb: "0.512",
        hard_disk_gb: "0.500",
      },
      { ...none, id: null, kind: "smart phone", model: "Q", screen_size: "6.00" },
      {
        ...none,
        id: null,
        kind: "television",
        brand: "Sony",
        model: "TV 4",
        screen_size: "55.00",
        resolution: "3840x2160",
      },
    ]);
  });

  test.each([
    ["500MB", "0.500"],
    ["1TB", "1000.000"],
    ["1.5 TB", "1500.000"],
    ["512 gb", "512.000"],
    ["0.25TB", "250.000"],
    ["1 MB", "0.001"],
    ["123456789.123GB", "123456789.123"],
  ])("units normalised (hardDiskGb): %s is %s GB", async (size, expected) => {
    await importCatalog({ ...laptop, "hard disk": size });
    expect(await readProducts()).toMatchObject([{ hard_disk_gb: expected }]);
  });

  test.each([
    [15.6, "15.60"],
    ["15.6", "15.60"],
    ["15.6 inch", "15.60"],
    ['15.6"', "15.60"],
    ["15.60 Inches", "15.60"],
    [7, "7.00"],
    [999.99, "999.99"],
  ])("a screen size of %s is %s inches", async (size, expected) => {
    await importCatalog({ ...phone, "screen size": size });
    expect(await readProducts()).toMatchObject([{ screen_size: expected }]);
  });

  test("linked with sales by product where the ids allow: a product with an id has it, others a negative one", async () => {
    await importCatalog({ ...laptop, "product id": 17 }, phone);
    expect(await database.admin.query("select catalog_id from catalog_product order by 1")).toEqual([
      { catalog_id: -1 },
      { catalog_id: 17 },
    ]);
    await importCatalog({ ...laptop, "product id": 17, ram: "8GB" }, television);
    expect(await readProducts()).toMatchObject([
      { id: 17, ram_gb: "8.000" },
      { id: null, kind: "smart phone" },
      { id: null, kind: "television" },
    ]);
  });

  test("Importing the same file again, in any split and order, changes nothing: equal products are one", async () => {
    const [a, b, c] = [laptop, { ...laptop, "screen size": "15.6 inch" }, phone];
    await importCatalog(a, b, c, c);
    const before = await readProducts();
    expect(before).toHaveLength(2);
    await importCatalog(c);
    await importCatalog(b, a);
    expect(await readProducts()).toEqual(before);
    await emptyWarehouse(database.admin);
    await importCatalog(c, b);
    await importCatalog(a);
    expect(await readProducts()).toEqual(before);
  });

  test("A smart phone is one however it is written", async () => {
    await importCatalog(phone, { ...phone, type: "Smartphone" }, { ...phone, type: "smart-phone" });
    expect(await readProducts()).toMatchObject([{ kind: "smart phone" }]);
  });
});

describe("Bad input", () => {
  test.each<[string, string | object, string]>([
    [
      "another kind",
      { ...laptop, type: "toaster" },
      "type: is neither laptop nor television nor smart phone",
    ],
    ["no kind", { model: "X" }, "type: is neither laptop nor television nor smart phone"],
    ["no model", { type: "laptop" }, "model: is blank or missing"],
    ["a disk without a unit", { ...laptop, "hard disk": 500 }, "hard disk: is not a size like 500MB or 1TB"],
    ["a disk of kilobytes", { ...laptop, "hard disk": "5KB" }, "hard disk: is not a size like 500MB or 1TB"],
    ["half a megabyte", { ...laptop, "hard disk": "0.5MB" }, "hard disk: has parts of a megabyte"],
    ["a disk out of range", { ...laptop, "hard disk": "1000000TB" }, "hard disk: is a billion GB or more"],
    ["memory of words", { ...laptop, ram: "much" }, "ram: is not a size like 512MB or 8GB"],
    ["memory out of range", { ...laptop, ram: "10000TB" }, "ram: is 10 million GB or more"],
    ["centimetres", { ...phone, "screen size": "15 cm" }, "screen size: is not a size like 15.6 inch"],
    ["three decimals", { ...phone, "screen size": 5.555 }, "screen size: is not a size like 15.6 inch"],
    ["a list for a size", { ...phone, "screen size": [5] }, "screen size: is not a size like 15.6 inch"],
    [
      "a product id of 0",
      { ...phone, "product id": 0 },
      "product id: is not a whole number above 0 of 9 digits at most",
    ],
    ["a model of controls", { ...phone, model: "a\u0007" }, "has control characters"],
    [
      "a product id again",
      { ...phone, model: "R", "product id": 5 },
      "product id: was already given in line 1",
    ],
  ])("%s costs its line only", async (_, line, reason) => {
    const summary = await importCatalog({ ...television, "product id": 5 }, line);
    expect(summary.rejects).toBe(1);
    expect(await readRejects()).toEqual([`reject catalog.json:2 ${reason}`]);
    expect(await readProducts()).toHaveLength(1);
  });

  test.each(["{", "laptop", "[1]", '{"type":"laptop"'])(
    "a line that is no object costs itself: %s",
    async (line) => {
      expect(await importCatalog(phone, line, television)).toMatchObject({ rejects: 1 });
      expect(await readProducts()).toHaveLength(2);
    },
  );

  test("An empty catalogue imports nothing", async () => {
    await expect(importCatalog()).rejects.toMatchObject({ code: "IMPORT_INPUT" });
  });
});
