import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import { createSchema } from "../../../../src/graphql/schema.ts";
import {
  changeVariable,
  describeVariables,
  fromInput,
  readVariables,
  toInput,
} from "../../../../src/web/graphiql/describe-variables.ts";
import { findComparedSource, findVariableSource } from "../../../../src/web/graphiql/source-at-cursor.ts";
import { findValueSource } from "../../../../src/web/graphiql/value-source.ts";
import project from "../../../../vitrine.config.ts";

const schema = createSchema(project);
const query = `query Q($state: String!, $first: Int = 5, $from: Date, $spend: Decimal! = "1.0", $status: OrderStatus, $ids: [Int!], $source: Source = AUTO) {
  sales(groupBy: [CITY], where: { state: { eq: $state }, status: { eq: $status }, orderedOn: { gte: $from } }, first: $first, source: $source) { city }
}`;

describe("The variables of an operation", () => {
  test("are asked for by what their types are", () => {
    const fields = describeVariables(schema, parse(query));
    expect(fields.map(({ name, kind, isRequired }) => [name, kind, isRequired])).toEqual([
      ["state", "text", true],
      ["first", "integer", false],
      ["from", "date", false],
      ["spend", "decimal", false],
      ["status", "enum", false],
      ["ids", "json", false],
      ["source", "enum", false],
    ]);
    expect(fields.find(({ name }) => name === "source")).toMatchObject({
      options: expect.arrayContaining(["LIVE", "MIRROR", "AUTO"]),
      default: "AUTO",
    });
    expect(fields[0]?.source).toEqual({ field: "salesValues", dimension: "STATE" });
  });

  test("of a document that names no cube are offered the values of a cube that has them", () => {
    const fields = describeVariables(
      schema,
      parse(
        "query($state: String!) { customerOrdersConnection(where: { state: { eq: $state } }) { totalCount } }",
      ),
    );
    expect(fields[0]?.source?.dimension).toBe("STATE");
    expect(findValueSource(schema, "nothingSuch", "sales")).toBeNull();
  });

  test("go through the form and back without loss", () => {
    expect(fromInput("12", "integer")).toBe(12);
    expect(fromInput("12345678901234567890", "integer")).toBe("12345678901234567890");
    expect(fromInput("1.10", "decimal")).toBe("1.10");
    expect(fromInput("", "text")).toBeUndefined();
    expect(fromInput("[1,", "json")).toBe("[1,");
    expect(fromInput(toInput([1, 2], "json"), "json")).toEqual([1, 2]);
    expect(fromInput("false", "boolean")).toBe(false);
  });

  test("are changed one by one; a text that is no JSON object is left alone", () => {
    expect(changeVariable('{ "a": 1, "b": 2 }', "a", 3)).toBe('{\n  "a": 3,\n  "b": 2\n}');
    expect(changeVariable('{ "a": 1 }', "a", undefined)).toBe("{}");
    expect(changeVariable("", "a", "x")).toBe('{\n  "a": "x"\n}');
    expect(changeVariable("{ a", "a", 1)).toBeNull();
    expect(readVariables("[]")).toBeNull();
  });
});

describe("The values offered where a text is typed", () => {
  test("are those of what the filter compares", () => {
    const at = (before: string) => findComparedSource(schema, before)?.dimension;
    expect(at('{ sales(where: { state: { eq: "T')).toBe("STATE");
    expect(at('{ sales(where: { city: { in: ["Dallas", "A')).toBe("CITY");
    expect(at('{ sales(where: { state: { eq: "TX" } }, first: ')).toBeUndefined();
    expect(at('{ sales(source: "')).toBeUndefined();
  });

  test("in the variables are those of what the operation compares with the variable", () => {
    expect(findVariableSource(schema, query, '{ "first": 3, "state": "T')).toEqual({
      field: "salesValues",
      dimension: "STATE",
    });
    expect(findVariableSource(schema, query, '{ "spend": "1')).toBeNull();
    expect(findVariableSource(schema, "query (", '{ "state": "T')).toBeNull();
  });
});
