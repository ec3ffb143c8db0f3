import { describe, expect, it } from "vitest";
import { openTabs, readStoredTabs } from "../../../../src/web/graphiql/open-tabs.ts";

const first = { query: "query A { a }", variables: '{ "first": 1 }' };
const other = { query: "query B { b }", variables: null };
const stored = (activeTabIndex: number) =>
  JSON.stringify({ activeTabIndex, tabs: [first, other, { query: null }] });

describe("the tabs that GraphiQL opens with", () => {
  it("are one with the first example on a first visit, and when what was stored cannot be read", () => {
    for (const nothing of [null, "", "{", "[]", '{"tabs":[],"activeTabIndex":3}'])
      expect(openTabs(first, nothing, null)).toEqual({
        defaultTabs: [first],
        initialQuery: "query A { a }",
        initialVariables: '{ "first": 1 }',
      });
  });

  it("show in the editors what the open tab of the last visit holds, also when that is nothing", () => {
    expect(openTabs(undefined, stored(0), null)).toMatchObject({
      initialQuery: "query A { a }",
      initialVariables: '{ "first": 1 }',
    });
    expect(openTabs(first, stored(1), null)).toMatchObject({
      initialQuery: "query B { b }",
      initialVariables: "",
    });
    expect(openTabs(first, stored(2), null)).toMatchObject({ initialQuery: "", initialVariables: "" });
  });

  it("begin with the operation of a link", () => {
    const link = { query: "{ c }", variables: '{"x":1}', view: null };
    expect(openTabs(first, stored(1), link)).toEqual({
      defaultTabs: [{ query: "{ c }", variables: '{"x":1}' }],
      initialQuery: "{ c }",
      initialVariables: '{"x":1}',
    });
  });

  it("are there for a browser that forbids storage, and for a project without examples", () => {
    const forbidden = () => {
      throw new Error("The operation is insecure.");
    };
    expect(readStoredTabs(forbidden)).toBeNull();
    expect(openTabs(undefined, null, null).defaultTabs).toHaveLength(1);
  });
});
