import { expect, test } from "vitest";
import { drawEntities, relationsOf } from "../../../../src/web/docs/draw-entities.ts";
import { findUses, sourcesOf } from "../../../../src/web/docs/lineage-of.ts";
import type { DatabaseFacts, Entry } from "../../../../src/web/docs/page-settings.ts";
import { createEntrySearch } from "../../../../src/web/docs/search-entries.ts";

const field = (name: string, more: Partial<Entry["fields"][number]> = {}): Entry["fields"][number] => ({
  ...{ name, type: "string", description: "", column: name, isPersonal: false },
  ...more,
});
const entry = (kind: Entry["kind"], name: string, more: Partial<Entry> = {}): Entry => ({
  ...{ kind, name, domain: "shop", description: "", facts: [], fields: [], links: [] },
  ...more,
});
const receipt = entry("model", "receipt", {
  description: "What a buyer paid",
  fields: [
    field("receiptId", { column: "receipt_id" }),
    field("items", { column: "items" }),
    field("items[].unitPrice", { column: "items", description: "Price of a piece" }),
    field("items[].part.name", { column: "items" }),
    field("product", { column: null, type: "→ product" }),
  ],
  links: [["product", "product"]],
});
const facts: DatabaseFacts = {
  lineage: {
    receipt: [
      { column: "receipt_id", sources: ["order.id"], members: [] },
      {
        column: "items",
        sources: ["line.price", "part.name"],
        members: [
          { column: "unitPrice", sources: ["line.price"], members: [] },
          {
            column: "part",
            sources: ["part.name"],
            members: [{ column: "name", sources: ["part.name"], members: [] }],
          },
        ],
      },
    ],
    riddle: null,
  },
  keys: [{ table: "line", columns: ["order_id"], target: "order" }],
};

test("each field tells its own columns, also deep in a list; what nobody knows is told as that", () => {
  const of = (name: string) => {
    const found = receipt.fields.find((one) => one.name === name);
    return found && sourcesOf(receipt, found, facts);
  };
  expect(of("receiptId")).toEqual(["order.id"]);
  expect(of("items")).toEqual(["line.price", "part.name"]);
  expect(of("items[].unitPrice")).toEqual(["line.price"]);
  expect(of("items[].part.name")).toEqual(["part.name"]);
  expect(of("product")).toEqual([]);
  expect(sourcesOf(entry("view", "riddle"), field("x"), facts)).toBeNull();
  expect(
    findUses([receipt], facts)
      .get("part.name")
      ?.map((use) => use.field),
  ).toEqual(["items", "items[].part.name"]);
});

test("a search finds names by their parts and beginnings, fields, descriptions, and one wrong letter", () => {
  const table = entry("table", "order_line", { fields: [field("unit_price")] });
  const search = createEntrySearch([receipt, table, entry("view", "customers")]);
  const names = (words: string) => search(words).map((found) => found.entry.name);
  expect(names("line")).toEqual(["order_line"]);
  expect(names("order_line")).toEqual(["order_line"]);
  expect(names("pric")).toEqual(expect.arrayContaining(["receipt", "order_line"]));
  expect(names("unitPrice")).toContain("receipt");
  expect(names("paid buyer")).toEqual(["receipt"]);
  expect(names("custamers")).toEqual(["customers"]);
  expect(names("<script>")).toEqual([]);
  expect(search("price").find((found) => found.entry === table)?.fields).toEqual(["unit_price"]);
});

test("a diagram shows what refers to what, with quoted names, and keys first", () => {
  const many = Array.from({ length: 12 }, (_, at) => field(`c${at}`, { type: "decimal(10,2) not null" }));
  const entries = [
    entry("table", "line", {
      fields: [...many, field("order_id", { type: "int" })],
      facts: [["Primary key", "order_id, k"]],
    }),
    entry("table", 'or"der<b>', {}),
  ];
  const relations = relationsOf("tables", "shop", entries, [
    { table: "line", columns: ["order_id"], target: 'or"der<b>' },
  ]);
  expect(drawEntities(relations, entries)).toBe(
    [
      "erDiagram",
      "  direction LR",
      '  "line" {',
      "    int order_id PK, FK",
      ...many.slice(0, 4).map(({ name }) => `    decimal ${name}`),
      "  }",
      '  "or_der_b_" {',
      "  }",
      '  "or_der_b_" ||--o{ "line" : "order_id"',
    ].join("\n"),
  );
  const twice = [...relations, { from: "line", to: 'or"der<b>', by: "first_order_id" }];
  expect(drawEntities(twice, []).split("\n").at(-1)).toBe('  "or_der_b_" ||--o{ "line" : "2 ways"');
  expect(relationsOf("models", "shop", [receipt], [])).toEqual([
    { from: "receipt", to: "product", by: "product" },
  ]);
});
