import { describe, expect, test } from "vitest";
import { int, object } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import type { Domain } from "../../../src/models/project.ts";
import { cubeOf, domainOf, modelOf, procedureOf, projectOf, withShop } from "./definitions.ts";

describe("A project with one name for two things is refused, and both owners are named:", () => {
  test("a connection of one model that another model is called by", () => {
    expect(withShop({ models: [modelOf("a", "X")] }, { models: [modelOf("b", "XConnection")] })).toThrow(
      "Domain shop's model a and domain pos's model b both make the GraphQL type XConnection. Change the typeName (of a procedure: the name) of one of them.",
    );
  });

  const shopOf = (...models: readonly Domain["models"][number][]) => ({ models });
  const importOf = (file: string, staging: string, procedure: string): Partial<Domain> => ({
    imports: { all: { files: [{ file, staging, columns: { A: "a" } }], procedures: [procedure] } },
  });
  const ruleOf = (code: string): Partial<Domain> => ({ rules: { 30001: { code, description: "No." } } });
  test.each<[string, Partial<Domain>, Partial<Domain>, string]>([
    [
      "models",
      shopOf(modelOf("a", "A")),
      shopOf(modelOf("a", "B")),
      "model a and domain pos's model a both make the model a",
    ],
    ["types", shopOf(modelOf("a", "A")), shopOf(modelOf("b", "A")), "GraphQL type A"],
    ["edges", shopOf(modelOf("a", "A")), shopOf(modelOf("b", "AEdge")), "GraphQL type AEdge"],
    ["orders", shopOf(modelOf("a", "A")), shopOf(modelOf("b", "AOrderBy")), "GraphQL type AOrderBy"],
    ["versions", shopOf(modelOf("a", "A")), shopOf(modelOf("b", "AVersion")), "GraphQL type AVersion"],
    ["histories", shopOf(modelOf("a", "A")), shopOf(modelOf("b", "AHistory")), "GraphQL type AHistory"],
    ["changes", shopOf(modelOf("a", "A")), shopOf(modelOf("b", "AChange")), "GraphQL type AChange"],
    ["rows of a cube", shopOf(cubeOf("a", "A")), shopOf(modelOf("b", "ARow")), "GraphQL type ARow"],
    ["a cube beside a model", shopOf(cubeOf("a", "A")), shopOf(modelOf("b", "A")), "AWhere"],
    ["measures", shopOf(cubeOf("a", "A")), shopOf(modelOf("b", "AMeasures")), "GraphQL type AMeasuresWhere"],
    [
      "a query",
      { procedures: [procedureOf("big_sale", "query")] },
      shopOf(modelOf("b", "BigSale")),
      "query field bigSale",
    ],
    [
      "results",
      { procedures: [procedureOf("big_sale")] },
      shopOf(modelOf("b", "BigSaleResult")),
      "GraphQL type BigSaleResult",
    ],
    [
      "mutations",
      { procedures: [procedureOf("a_b")] },
      { procedures: [procedureOf("a_b")] },
      "procedure a_b and domain pos's procedure a_b both make the procedure a_b",
    ],
    [
      "spellings of a procedure",
      { procedures: [procedureOf("sell_2")] },
      { procedures: [procedureOf("sell2")] },
      "mutation field sell2",
    ],
    [
      "captured tables",
      { captured: [{ table: "item" }] },
      { captured: [{ table: "Item" }] },
      "captured table item and domain pos's captured table Item both make the table or view Item",
    ],
    [
      "a view and a table",
      shopOf(modelOf("item", "Item")),
      { captured: [{ table: "item" }] },
      "table or view item",
    ],
    [
      "staging tables",
      importOf("a.csv", "staging_a", "import_a"),
      importOf("b.csv", "staging_a", "import_b"),
      "import file a.csv and domain pos's import file b.csv both make the table or view staging_a",
    ],
    [
      "imports' procedures",
      importOf("a.csv", "staging_a", "import_a"),
      importOf("b.csv", "staging_b", "import_a"),
      "procedure import_a",
    ],
    [
      "signal numbers",
      ruleOf("NO"),
      ruleOf("NEVER"),
      "domain pos's rule NEVER both make the signal number 30001",
    ],
    [
      "exports",
      shopOf(modelOf("a", "A", { exportName: "Things" })),
      shopOf(modelOf("b", "B", { exportName: "things" })),
      "export file things",
    ],
    [
      "what commands call a model",
      shopOf(modelOf("cust", "A", { exportName: "a" })),
      shopOf(modelOf("b", "B", { exportName: "cust" })),
      "Domain shop's model cust and domain pos's model b both make the model cust. Give one of them another name or exportName.",
    ],
  ])("%s", (_what, shop, pos, message) => {
    expect(withShop(shop, pos)).toThrow(message);
  });

  test("an object of one name and two shapes, while two of one shape are one type", () => {
    const holderOf = (name: string, typeName: string, label: string) =>
      defineModel({
        name,
        typeName,
        description: "Holds.",
        key: "id",
        fields: { id: int("Id."), box: object("Box", "A box.", { [label]: int("Id.") }) },
      });
    expect(withShop(shopOf(holderOf("a", "A", "n")), shopOf(holderOf("b", "B", "n")))).not.toThrow();
    expect(withShop(shopOf(holderOf("a", "A", "n")), shopOf(holderOf("b", "B", "m")))).toThrow(
      "Domain shop's model a and domain pos's model b both make the GraphQL type Box.",
    );
  });

  test("the engine's types, tables and procedures, its prefix, and an export's list of files", () => {
    const take = (parts: Partial<Domain>) => () => projectOf(domainOf("shop", parts));
    expect(take(shopOf(modelOf("page_info", "PageInfo")))).toThrow(
      "The engine and domain shop's model page_info both make the GraphQL type PageInfo.",
    );
    expect(take({ captured: [{ table: "lease" }, { table: "migration" }] })).not.toThrow();
    expect(take({ captured: [{ table: "vitrine_lease" }] })).toThrow("table or view vitrine_lease");
    expect(take({ procedures: [procedureOf("vitrine_take_position")] })).toThrow(
      "procedure vitrine_take_position",
    );
    expect(take(shopOf(modelOf("vitrine_shop", "Shop")))).toThrow(/begin with vitrine_ are the engine's/);
    expect(take(shopOf(modelOf("a", "A", { exportName: "manifest" })))).toThrow("export file manifest");
    expect(() => projectOf(domainOf("core"))).toThrow(
      "The engine and domain core both make the domain core.",
    );
  });

  test("domains, with whatever else there is, all at once", () => {
    const make = () =>
      projectOf(domainOf("shop", shopOf(modelOf("a", "A"))), domainOf("shop", shopOf(modelOf("b", "A"))));
    expect(make).toThrow(/Two domains are called shop[\s\S]*both make the GraphQL type A\./);
  });
});

test("A sales and a sales_order are no conflict: what orders by is called OrderBy", () => {
  expect(
    withShop({ models: [modelOf("sales", "Sales")] }, { models: [modelOf("sales_order", "SalesOrder")] }),
  ).not.toThrow();
});
