import { describe, expect, test } from "vitest";
import { formatTable } from "../../../src/commands/format-table.ts";
import { readQuestion } from "../../../src/commands/read-question.ts";

describe("Variables of a command line", () => {
  const query =
    "query Q($state: String!, $zip: [String!], $n: Int, $all: Boolean, $total: Decimal, $source: Source, $where: W) { x }";
  const variablesOf = (...variable: readonly string[]) => readQuestion(query, { variable }).variables;

  test("are read by their types: a code stays a text, and JSON is for what is none", () => {
    expect(variablesOf("state=00678", "n=10", "all=true", "total=1.50", "source=LIVE")).toEqual({
      state: "00678",
      n: 10,
      all: true,
      total: "1.50",
      source: "LIVE",
    });
    expect(variablesOf('zip=["00678"]', 'where={"a":{"eq":1}}')).toEqual({
      zip: ["00678"],
      where: { a: { eq: 1 } },
    });
    expect(variablesOf("state=a=b", "n=many")).toEqual({ state: "a=b", n: "many" });
    expect(variablesOf("state=")).toEqual({ state: "" });
  });

  test.each([
    [["city=LA"], "the operation has state, zip, n"],
    [["state"], "write <name>=<value>"],
    [["=x"], "write <name>=<value>"],
  ])("%j is refused by name", (variable, message) => {
    expect(() => variablesOf(...variable)).toThrow(message);
  });

  test("one of several operations is named", () => {
    const two = "query A { a } query B { b }";
    expect(() => readQuestion(two, { variable: [] })).toThrow("--operation");
    expect(readQuestion(two, { variable: [], operation: "B" }).operationName).toBe("B");
    expect(() => readQuestion(two, { variable: [], operation: "C" })).toThrow("no operation C");
    expect(() => readQuestion("{", { variable: [] })).toThrow("Syntax Error");
  });
});

describe("A table", () => {
  test("has objects as columns, numbers to the right, lists as JSON, null as nothing", () => {
    const rows = [
      { id: 7, name: "Zoë 🫖", total: "12.50", zip: "00678", buyer: null, items: [1] },
      {
        id: 10,
        name: "Ada",
        total: "1.00",
        zip: "1",
        buyer: { name: "Bo", city: { name: "Bath" } },
        items: [],
      },
    ];
    expect(formatTable(rows)).toEqual([
      "id  name   total  zip    items  buyer.name  buyer.city.name",
      "──  ─────  ─────  ─────  ─────  ──────────  ───────────────",
      " 7  Zoë 🫖  12.50  00678  [1]",
      "10  Ada     1.00  1      []     Bo          Bath",
    ]);
    expect(formatTable([])).toEqual(["No rows."]);
  });

  test("lets no text move the cursor, and none make every line as long", () => {
    const [, , line = ""] = formatTable([{ name: `\u001b[2J\r\n${"x".repeat(100)}` }]);
    expect(line).toBe(` [2J  ${"x".repeat(53)}…`);
  });
});
