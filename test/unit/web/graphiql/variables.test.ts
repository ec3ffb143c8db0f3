import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import { createSchema } from "../../../../src/graphql/schema.ts";
import {
  changeVariable,
  describeVariables,
  fromInput,
  readVariables,
  showInput,
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

  test("that are JSON can be typed letter by letter, and edited later", () => {
    const type = (keys: string, before = "{}") =>
      [...keys].reduce((text, key) => {
        const shown = toInput(readVariables(text)?.where, "json");
        return changeVariable(text, "where", fromInput(shown + key, "json")) ?? "";
      }, before);
    expect(readVariables(type('{"eq":"CA"}'))).toEqual({ where: { eq: "CA" } });
    expect(readVariables(type("[10,2]"))).toEqual({ where: [10, 2] });
    const unfinished = type('{"eq":"C');
    expect(toInput(readVariables(unfinished)?.where, "json")).toBe('{"eq":"C');
    const finished = '{ "where": { "eq": "CA" } }';
    const shown = toInput(readVariables(finished)?.where, "json");
    const cut = changeVariable(finished, "where", fromInput(shown.slice(0, -1), "json")) ?? "";
    expect(readVariables(type(',"in":[]}', cut))).toEqual({ where: { eq: "CA", in: [] } });
  });

  test("that are JSON keep a text that looks like a number, true or null a text", () => {
    for (const value of ["", "5", "true", "null", '"quoted"', "[1]", "CA", "[1,"])
      expect(fromInput(toInput(value, "json"), "json")).toBe(value);
  });

  test("show what is typed while it stands for the value, and what stands in the editor otherwise", () => {
    expect(showInput('{"a": 1.0}', { a: 1 }, "json")).toBe('{"a": 1.0}');
    expect(showInput('"CA"', "CA", "json")).toBe('"CA"');
    expect(showInput('{"a": 1.0}', { a: 2 }, "json")).toBe('{"a":2}');
    expect(showInput("5", undefined, "integer")).toBe("");
    expect(showInput(null, "[1,", "json")).toBe("[1,");
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
