import { buildSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { findExamples, findFault } from "../../../../src/web/graphiql/find-examples.ts";
import { openSavedExamples } from "../../../../src/web/graphiql/saved-examples.ts";

const example = (title: string, group: string) => ({
  title,
  group,
  domain: "pos",
  query: "{ a }",
  variables: null,
  chart: null,
});

/** A store of a browser that holds a text. */
const storeOf = (text: string | null) => {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_: string, value: string) => {
      kept = value;
    },
  };
};

describe("Examples", () => {
  test("are found by all words of a search, in whatever of their texts", () => {
    const all = [example("Top product", "At a glance"), example("Orders", "Customers")];
    expect(findExamples(all, "PRODUCT glance").map(({ title }) => title)).toEqual(["Top product"]);
    expect(findExamples(all, " ")).toEqual(all);
    expect(findExamples(all, "nothing such")).toEqual([]);
  });

  test("that a visitor saved are there again, one of a title, and can be forgotten", () => {
    const store = storeOf(null);
    const saved = openSavedExamples(() => store);
    let changes = 0;
    saved.watch(() => {
      changes += 1;
    });
    expect(saved.save({ title: "A", query: "{ a }", variables: null })).toBe(true);
    saved.save({ title: "A", query: "{ b }", variables: "{}" });
    expect(openSavedExamples(() => store).read()).toEqual([{ title: "A", query: "{ b }", variables: "{}" }]);
    saved.remove("A");
    expect(openSavedExamples(() => store).read()).toEqual([]);
    expect(changes).toBe(3);
  });

  test("that cannot be read, or not be kept, do no harm", () => {
    for (const text of ["{", "3", '[{"title":1}]', '[{"title":"x","query":"{ a }"}]'])
      expect(openSavedExamples(() => storeOf(text)).read()).toEqual([]);
    const forbidden = openSavedExamples(() => {
      throw new Error("The operation is insecure.");
    });
    expect(forbidden.save({ title: "A", query: "{ a }", variables: null })).toBe(false);
    expect(forbidden.read()).toEqual([]);
  });

  test("of a field that is gone are told so", () => {
    const schema = buildSchema("type Query { a: Int }");
    expect(findFault(schema, "{ a }")).toBeNull();
    expect(findFault(schema, "{ gone }")).toContain('Cannot query field "gone"');
    expect(findFault(schema, "{ a")).toContain("Syntax Error");
  });
});
