import { buildSchema, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { describeLeaves } from "../../../../src/web/shared/table/describe-leaves.ts";
import { readTables } from "../../../../src/web/shared/table/read-tables.ts";

const schema = buildSchema(`
  scalar Decimal
  scalar Date
  enum Size { S, L }
  type Query { sales: [Row!]!, ordersConnection: Orders!, order(id: ID!): Order, now: Date }
  type Row { state: String, revenue: Decimal!, level: Int!, sizes: [Size!]!, product: Product }
  type Product { name: String!, price: Decimal }
  type Orders { totalCount: Int!, nodes: [Order!]! }
  type Order { id: ID!, buyer: Product, lines: [Line!]!, notes: [Line!]! }
  type Line { product: String, total: Decimal }
`);
const tablesOf = (query: string, data: unknown) => {
  const leaves = describeLeaves(schema, parse(query));
  return readTables(data, (path) => leaves.get(path)?.kind);
};
const shapeOf = (query: string, data: unknown) =>
  tablesOf(query, data).map(({ path, columns, rows }) => [
    path,
    columns.map(({ name }) => name).join(" "),
    rows.length,
  ]);

describe("The lists of an answer", () => {
  test("have their objects flattened, and kinds by the schema: a code of digits is a text, a decimal a number", () => {
    const query = "{ sales { zip: state revenue level sizes product { name price } } }";
    const row = {
      zip: "00501",
      revenue: "12.50",
      level: 1,
      sizes: ["S"],
      product: { name: "Oak", price: null },
    };
    const [table] = tablesOf(query, { sales: [{ ...row, product: null }, row] });
    expect(table?.columns).toEqual([
      { name: "zip", kind: "text" },
      { name: "revenue", kind: "decimal" },
      { name: "level", kind: "number" },
      { name: "sizes", kind: "list" },
      { name: "product.name", kind: "text" },
      { name: "product.price", kind: "decimal" },
    ]);
  });

  test("are the nodes of a connection, and after them the lists in these, each row with what is around it", () => {
    const query = "{ ordersConnection { totalCount nodes { id buyer { name } lines { product total } } } }";
    const nodes = [
      {
        id: "1",
        buyer: { name: "Ada" },
        lines: [
          { product: "Tea", total: "1" },
          { product: "Oak", total: "2" },
        ],
      },
      { id: "2", buyer: { name: "Bob" }, lines: [] },
    ];
    const data = { ordersConnection: { totalCount: 2, nodes } };
    expect(shapeOf(query, data)).toEqual([
      ["ordersConnection.nodes", "id buyer.name lines", 2],
      ["ordersConnection.nodes.lines", "id buyer.name lines.product lines.total", 3],
    ]);
    const lines = tablesOf(query, data)[1];
    expect(lines?.columns.find(({ name }) => name === "lines.total")?.kind).toBe("decimal");
    expect(lines?.rows[2]).toEqual({ id: "2", buyer: { name: "Bob" }, lines: null });
  });

  test("of one document begin with the list in it; two lists side by side are not multiplied", () => {
    const order = { id: "1", lines: [{ total: "1" }, { total: "2" }], notes: [{ total: "3" }] };
    expect(shapeOf("{ order(id: 1) { id lines { total } notes { total } } }", { order })).toEqual([
      ["order.lines", "id lines.total notes", 2],
      ["order.notes", "id lines notes.total", 1],
      ["order", "id lines notes", 1],
    ]);
  });

  test("follow fragments and aliases, and what is no list is a row of values", () => {
    const query = "query A { a: sales { ...F } now } fragment F on Row { r: revenue }";
    const [list, values] = tablesOf(query, { a: [{ r: "1.0" }], now: "2026-01-01" });
    expect(list?.columns).toEqual([{ name: "r", kind: "decimal" }]);
    expect(values).toEqual({
      path: "",
      columns: [{ name: "now", kind: "date" }],
      rows: [{ now: "2026-01-01" }],
    });
  });

  test("are none where there is nothing, and a fragment within itself ends", () => {
    expect(readTables(null)).toEqual([]);
    expect(readTables({ order: null })).toEqual([]);
    const loop = "{ sales { ...F } } fragment F on Row { state ...F }";
    expect([...describeLeaves(schema, parse(loop)).keys()]).toEqual(["sales.state"]);
  });
});
