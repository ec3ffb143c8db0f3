import { buildSchema } from "graphql";
import { expect, test } from "vitest";
import { renderClientFiles } from "../../../src/graphql/client-files.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { loadRepositoryProject } from "../../support/database.ts";
import { post } from "./shop.ts";

const files = renderClientFiles(createSchema(post));
const lineOf = (file: string, start: string) =>
  files
    .get(file)
    ?.split("\n")
    .map((line) => line.trim())
    .find((line) => line.startsWith(start));

test("the schema is one that any tool reads", () => {
  expect(buildSchema(files.get("schema.graphql") ?? "").getType("Parcel")).toBeDefined();
});

test("pages of a list are joined by what makes it another list, and by nothing else", () => {
  expect(lineOf("apollo.ts", "parcelConnection:")).toBe(
    'parcelConnection: relayStylePagination(["where", "orderBy", "asOf"]),',
  );
  expect(lineOf("apollo.ts", "parcelHistory:")).toBe('parcelHistory: relayStylePagination(["id"]),');
  expect(lineOf("urql.ts", "parcelConnection:")).toBe("parcelConnection: relayPagination(),");
});

test("what is part of a document is replaced with it", () => {
  expect(lineOf("apollo.ts", "items:")).toBe("items: { merge: false },");
  expect(lineOf("apollo.ts", "owner:")).toBe("owner: { merge: false },");
  expect(lineOf("apollo.ts", "person:")).toBeUndefined(); // a link leads to another document
});

test("each type without an id of its own is known to urql as part of another, and none with one", async () => {
  const schema = createSchema(await loadRepositoryProject());
  const text = renderClientFiles(schema).get("urql.ts") ?? "";
  const embedded = new Set([...text.matchAll(/^ {2}(\w+): embedded,$/gm)].map(([, name]) => name));
  const nodes = schema.getPossibleTypes(schema.getType("Node") as never).map(({ name }) => name);
  expect(nodes.length).toBeGreaterThan(20);
  expect(nodes.filter((name) => embedded.has(name))).toEqual([]);
  for (const name of [
    "PageInfo",
    "OrderItem",
    "OrderDetailsEdge",
    "OrderDetailsVersion",
    "OrderDetailsChange",
    "SalesRow",
  ])
    expect(embedded.has(name), name).toBe(true);
  expect(embedded.has("Query") || embedded.has("LoggedRun")).toBe(false);
});

test("every scalar of ours has a type, and all are texts", () => {
  for (const name of ["ID", "Decimal", "BigInt", "Date", "DateTime"])
    expect(lineOf("scalars.ts", `${name}:`)).toBe(`${name}: { input: "string", output: "string" },`);
});
