import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
let cursor: string;
beforeAll(async () => {
  gateway = await openTestGateway();
  const { data } = await gateway.ask(
    "{ customerOrdersConnection(first: 1 orderBy: [STATE_DESC]) { pageInfo { endCursor } } }",
  );
  cursor = (data as { customerOrdersConnection: { pageInfo: { endCursor: string } } })
    .customerOrdersConnection.pageInfo.endCursor;
});
afterAll(() => gateway?.close());

interface Refusal {
  readonly status: number;
  readonly codes: readonly unknown[];
}

/** Sends a request; what is answered must be an error that tells nothing of the inside. */
async function refusal(init: RequestInit, path = ""): Promise<Refusal> {
  const response = await fetch(`${gateway.server.url}${path}`, init);
  const text = await response.text();
  // Stack traces, files, drivers, tables and the text of SQL statements are nobody's business.
  expect(text).not.toMatch(
    /\n?\s+at .*:\d+|node_modules|file:\/\/|\.ts\b|mysql2|mongo(?:db)?server|errno|sqlState|\bselect `/i,
  );
  const answer = JSON.parse(text) as { errors?: { message: string; extensions?: { code?: unknown } }[] };
  expect(answer.errors?.length).toBeGreaterThan(0);
  for (const { message } of answer.errors ?? []) expect(message.length).toBeGreaterThan(10);
  return { status: response.status, codes: (answer.errors ?? []).map((error) => error.extensions?.code) };
}

const json = { "content-type": "application/json" };
/**
 * As GraphQL over HTTP says: the newer media type has a status for a refused request, the older one always 200,
 * so that its clients do not take the answer for one of a proxy.
 */
const post = async (body: unknown) => {
  const send = (accept: string) =>
    refusal({ method: "POST", headers: { ...json, accept }, body: JSON.stringify(body) });
  const { codes } = await send("application/json");
  const newer = await send("application/graphql-response+json");
  expect(newer.codes).toEqual(codes);
  return newer;
};
const connection = (args: string) => `{ customerOrdersConnection(${args}) { nodes { name } } }`;
const byId = (id: string) => `{ customerOrders(id: ${id}) { name } }`;
const nested = (depth: number): string =>
  depth === 0 ? "orderId" : `orderId customer { orders { details { ${nested(depth - 1)} } } }`;
const aliases = (count: number) =>
  `{ ${Array.from({ length: count }, (_, n) => `a${n}: customerOrders(id: 1) { name }`).join(" ")} }`;

describe("A query that does not fit the schema", () => {
  test.each([
    ["unknown model", "{ nonsense { id } }"],
    ["unknown field", "{ customerOrders(id: 1) { nonsense } }"],
    ["unknown argument", "{ customerOrders(id: 1 nonsense: 1) { name } }"],
    ["unknown source", "{ customerOrders(id: 1 source: ELSEWHERE) { name } }"],
    ["unknown dimension", "{ sales(groupBy: [NONSENSE]) { revenue } }"],
    ["unknown order", connection("orderBy: [NONSENSE_ASC]")],
    ["unknown operator", connection('where: { state: { nonsense: "TX" } }')],
    ["missing argument", "{ customerOrders { name } }"],
    ["no selection", "{ customerOrders(id: 1) }"],
    ["no text", ""],
    ["no GraphQL", "{{{"],
    [
      "fragment in a circle",
      "query { customerOrders(id: 1) { ...A } } fragment A on CustomerOrders { ...B } fragment B on CustomerOrders { ...A }",
    ],
    ["unknown fragment", "{ customerOrders(id: 1) { ...Nobody } }"],
    ["id that is no id", byId("1e3")],
  ])("is refused: %s", async (_what, query) => {
    expect(await post({ query })).toMatchObject({
      status: 400,
      codes: [expect.stringMatching(/^(QUERY_INVALID|BAD_INPUT)$/)],
    });
  });

  test("is refused: an operation that is not there", async () => {
    expect(await post({ query: "query A { __typename }", operationName: "B" })).toEqual({
      status: 400,
      codes: ["QUERY_INVALID"],
    });
  });

  test.each(["variables", "extensions"])("is refused: %s in the address that are no JSON", async (name) => {
    const accept = { headers: { accept: "application/json" } };
    const refused = { status: 400, codes: ["QUERY_INVALID"] };
    expect(await refusal(accept, `?query={__typename}&${name}=x`)).toEqual(refused);
    expect(await refusal(accept, `?query={__typename}&${name}={"a":`)).toEqual(refused);
  });

  test("is refused: a variable that is missing, or of another type", async () => {
    const query = "query($id: ID!) { customerOrders(id: $id) { name } }";
    expect(await post({ query })).toEqual({ status: 400, codes: ["BAD_INPUT"] });
    expect(await post({ query, variables: { id: { a: 1 } } })).toEqual({ status: 400, codes: ["BAD_INPUT"] });
    expect(await post({ query, variables: "x" })).toEqual({ status: 400, codes: ["QUERY_INVALID"] });
  });
});

describe("A value that is wrong", () => {
  test.each<[string, string, boolean?]>([
    ["id with a tail", byId('"1abc"')],
    ["empty id", byId('""')],
    ["id with a point", byId('"1.0"')],
    ["huge id", byId(`"${"9".repeat(400)}"`)],
    ["id beyond the key's range", byId('"4294967296"')],
    ["cursor that is none", connection('after: "nonsense"')],
    ["empty cursor", connection('after: ""')],
    ["first below zero", connection("first: -1")],
    ["first too large", connection("first: 100000")],
    ["first with last", connection("first: 1 last: 1")],
    ["last below zero", connection("last: -1")],
    ["decimal in where", connection('where: { lifetimeSpend: { gte: "12,5" } }'), true],
    [
      "decimal without an end in where",
      connection(`where: { lifetimeSpend: { gte: "${"9".repeat(500)}" } }`),
      true,
    ],
    ["date in where", '{ sales(where: { placedOn: { gte: "2026-02-30" } }) { revenue } }', true],
    ["age below zero", "{ customerOrders(id: 1 maxStaleness: -1) { name } }"],
    ["token that is none", '{ customerOrders(id: 1 afterWrite: "nonsense") { name } }'],
    ["moment that is none", '{ customerOrders(id: 1 asOf: "yesterday") { name } }', true],
    ["age below zero on a cube", "{ sales(maxStaleness: -1) { revenue } }"],
    ["token that is none on a cube", '{ sales(afterWrite: "nonsense") { revenue } }'],
    ["first below zero on a cube", "{ sales(first: -1) { revenue } }"],
  ])("is refused: %s", async (_what, query, isOfSchema = false) => {
    const { status, codes } = await post({ query });
    expect(codes).toEqual([expect.stringMatching(/^(BAD_INPUT|QUERY_INVALID|LIMIT_EXCEEDED)$/)]);
    // Refused before any field has run: the request is bad. Refused by a field: others may be answered.
    expect(status).toBe(isOfSchema ? 400 : 200);
  });

  test("is refused: a cursor of another order", async () => {
    expect(await post({ query: connection(`after: "${cursor}"`) })).toEqual({
      status: 200,
      codes: ["BAD_INPUT"],
    });
    expect(await post({ query: connection(`orderBy: [STATE_ASC] after: "${cursor}"`) })).toEqual({
      status: 200,
      codes: ["BAD_INPUT"],
    });
  });
});

describe("A query that is too large", () => {
  test.each([
    ["too deep", `{ customerOrders(id: 1) { orders { details { ${nested(8)} } } } }`],
    ["too many aliases", aliases(1000)],
    ["too many tokens", `{ ${"__typename ".repeat(20_000)} }`],
  ])("is refused: %s", async (_what, query) => {
    const { status, codes } = await post({ query });
    expect(status).toBe(400);
    expect(new Set(codes)).toEqual(new Set(["LIMIT_EXCEEDED"]));
  });

  test("is refused: a body of 10 MB", async () => {
    expect(await post({ query: `#${"x".repeat(10_000_000)}` })).toEqual({
      status: 413,
      codes: ["LIMIT_EXCEEDED"],
    });
  });
});

describe("A request that is no GraphQL over HTTP", () => {
  const send = (body: string, headers: Record<string, string> = json) =>
    refusal({ method: "POST", headers, body });

  test.each(["", "{", "null", "1", '"x"', "[]", '{"query": 1}', "{}", '{"query": null}', "\u0000"])(
    "is refused: the body %j",
    async (body) => {
      expect(await send(body)).toEqual({ status: 400, codes: ["QUERY_INVALID"] });
    },
  );

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
  ])("is refused: the type %s", async (type) => {
    expect(await send('{"query": "{ __typename }"}', { "content-type": type })).toEqual({
      status: 415,
      codes: ["QUERY_INVALID"],
    });
  });

  test("is refused: a mutation by GET, another method, another path", async () => {
    const mutation = "mutation { __typename }";
    expect(await refusal({}, `?query=${encodeURIComponent(mutation)}`)).toEqual({
      status: 405,
      codes: ["QUERY_INVALID"],
    });
    expect(await refusal({ method: "PUT", headers: json, body: "{}" })).toEqual({
      status: 405,
      codes: ["QUERY_INVALID"],
    });
    expect(await refusal({}, "/nowhere")).toEqual({ status: 404, codes: ["USAGE"] });
    expect(await refusal({ headers: { accept: "application/graphql-response+json" } })).toEqual({
      status: 400,
      codes: ["QUERY_INVALID"],
    });
  });
});

test("After all that the server answers as before", async () => {
  expect((await gateway.ask(byId("1"))).errors).toBeUndefined();
  expect(gateway.log.filter((line) => line.level === "error")).toEqual([]);
});
