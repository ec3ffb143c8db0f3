import { expect, test } from "vitest";
import { chooseModelName, singularOf, startNames } from "../../../src/migrations/init-names.ts";
import { judgeServer } from "../../../src/migrations/init-tables.ts";

test.each([
  ["orders", "order"],
  ["cities", "city"],
  ["boxes", "box"],
  ["branches", "branch"],
  ["order_items", "order_item"],
  ["ties", "tie"],
  ["address", null],
  ["status", null],
  ["analysis", null],
  ["staff", null],
])("the singular of %s is %s", (name, one) => {
  expect(singularOf(name)).toBe(one);
});

test("a model has a name that no table, view or type of the database has", () => {
  const tables = ["customer", "orders", "order", "OrderDetails", "node", "地図", "vitrine_lease", "bi_sales"];
  const taken = startNames([...tables, "customers"]);
  expect(tables.map((table) => chooseModelName(table, taken))).toEqual([
    { name: "customer_document", typeName: "Customer" },
    { name: "order_document", typeName: "Order" },
    // All else is taken by the one before it.
    { name: "order_row", typeName: "OrderRow" },
    { name: "order_detail", typeName: "OrderDetail" },
    { name: "node_document", typeName: "NodeDocument" },
    null,
    null,
    null,
  ]);
});

const isSupported = (version: string) => version.startsWith("11.");

test("a server that is no MariaDB, or too old, is refused in a sentence", () => {
  expect(judgeServer("8.0.36-0ubuntu0.22.04.1", isSupported)).toMatch(/^The server is MySQL 8\.0\.36, .*\.$/);
  expect(judgeServer("11.0.2", isSupported)).toMatch(/MySQL/);
  expect(judgeServer("10.3.39-MariaDB", isSupported)).toMatch(
    /^The server is MariaDB 10\.3\.39, which is older/,
  );
  expect(judgeServer("11.4.13-MariaDB-log", isSupported)).toBeNull();
});
