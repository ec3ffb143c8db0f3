import { type ExecutionResult, execute, parse } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPace, createRounds, type Pace } from "../../../src/graphql/answer-pace.ts";
import { createAnswerTimes } from "../../../src/graphql/answer-times.ts";
import { compileOperations } from "../../../src/graphql/compiled-operations.ts";
import type { RequestContext } from "../../../src/graphql/context.ts";
import { createReads } from "../../../src/graphql/reads.ts";
import { clearChanges } from "../../support/changes.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
  const { admin } = gateway.database;
  // The shop's triggers would refuse it: this row is older than they are.
  await admin.query("drop trigger order_before_update");
  await admin.run("update `order` set date_placed = '0000-00-00' where order_id = 4");
  await clearChanges(admin);
});
afterAll(() => gateway?.close());

const item = "productId name quantity unitPrice lineTotal";
/** What is compiled in them: all of a document, parts of one that has links, nothing. */
const queries: readonly (readonly [what: string, query: string, isCompiled: boolean])[] = [
  [
    "a whole document",
    `{ orderDetails(id: 1) { __typename orderId status buyer { name } items { ${item} } } }`,
    true,
  ],
  ["what is not there", "{ orderDetails(id: 999999) { orderId } }", true],
  [
    "a page",
    "{ orderDetailsConnection(first: 3) { nodes { orderId shipped } pageInfo { endCursor } totalCount } }",
    true,
  ],
  ["edges", "{ orderDetailsConnection(first: 3) { edges { cursor node { orderId placed } } } }", true],
  [
    "gaps in a page",
    "{ orderDetailsConnection(first: 6 source: LIVE) { nodes { orderId placed } edges { node { placed } } } }",
    true,
  ],
  [
    "aliases",
    "{ a: orderDetails(id: 1) { x: orderId y: orderId } b: orderDetails(id: 2) { x: total } }",
    true,
  ],
  [
    "an alias that objects have already",
    "{ orderDetails(id: 1) { __proto__: orderId constructor: total } }",
    false,
  ],
  [
    "fragments and fields named twice",
    `query { orderDetails(id: 1) { ...A items { name } ... on OrderDetails { items { ...B } } } }
     fragment A on OrderDetails { orderId items { quantity } } fragment B on OrderItem { ${item} }`,
    true,
  ],
  [
    "links, with parts beside them",
    `{ orderDetails(id: 1) { items { ${item} } customer { name orders { total } } } }`,
    true,
  ],
  [
    "links inside lists",
    "{ orderDetails(id: 1) { orderId items { name product { name } } buyer { name } } }",
    true,
  ],
  [
    "a field that is whole here and not there",
    "{ a: orderDetails(id: 1) { orderId } b: orderDetails(id: 2) { orderId customer { name } } }",
    true,
  ],
  [
    "directives",
    "query($no: Boolean!) { orderDetails(id: 1) { orderId @skip(if: $no) total buyer { name @include(if: $no) customerId } } }",
    false,
  ],
  [
    "a history",
    "{ orderDetailsHistory(id: 1, first: 2) { nodes { validTo document { orderId items { name } } } } }",
    true,
  ],
  ["a cube", "{ sales(groupBy: [STATE] first: 3) { state revenue } }", false],
  [
    "the schema",
    '{ __type(name: "OrderDetails") { name fields { name } } orderDetails(id: 1) { orderId } }',
    false,
  ],
  [
    "an argument that cannot be",
    "{ orderDetailsConnection(first: -1) { nodes { orderId } } orderDetails(id: 1) { total } }",
    true,
  ],
];

test.each(queries)(
  "%s: a compiled query answers as GraphQL's own executor does",
  async (_what, query, isCompiled) => {
    const plain = await run(query, false);
    const compiled = await run(query, true);
    expect(compiled.answer).toEqual(plain.answer);
    // Keys stand in the order of the query, and limits see the same values.
    expect(JSON.stringify(compiled.answer.data)).toBe(JSON.stringify(plain.answer.data));
    expect(compiled.counted).toEqual(plain.counted);
    expect(compiled.isCompiled).toBe(isCompiled);
  },
);

test("a list that is longer than one round takes is put together in several", async () => {
  const { mongo } = gateway.database;
  const buyers = Array.from({ length: 3000 }, (_, n) => ({ customerId: n + 1, name: `Buyer ${n}` }));
  await mongo.db.collection<{ _id: number }>("product_buyers").updateOne({ _id: 1 }, { $set: { buyers } });
  const query = "{ productBuyers(id: 1 source: MIRROR) { productId buyers { name customerId } } }";
  const plain = await run(query, false);
  const compiled = await run(query, true);
  expect(compiled.answer).toEqual(plain.answer);
  expect(compiled.counted).toEqual(plain.counted);
  expect(compiled.rounds).toBeGreaterThan(5);
});

/** Executes with a context of its own, and notes what its pace is told. */
async function run(query: string, mayCompile: boolean) {
  const { schema, stores, route } = gateway.options;
  const document = parse(query);
  const signal = new AbortController().signal;
  const counted: string[] = [];
  let rounds = 0;
  const next = createRounds();
  const pace = createPace(
    { maxValues: 1e6, maxBytes: 1e9 },
    () => {
      rounds += 1;
      return next();
    },
    signal,
  );
  const noting: Pace = {
    ...pace,
    count(key, value) {
      counted.push(`${key} ${typeof value === "object" && value !== null ? "object" : value}`);
      pace.count(key, value);
    },
    spread(list) {
      counted.push(`list of ${list.length}`);
      return pace.spread(list);
    },
  };
  const reads = createReads({
    stores,
    route,
    signal,
    timeoutMs: 10_000,
    maxDocuments: 1000,
    answerTimes: createAnswerTimes(),
  });
  const contextValue = { reads, pace: noting, afterWriteHeader: undefined } as unknown as RequestContext;
  const args = { schema, document, contextValue, variableValues: { no: true } };
  let used = schema;
  // Called as yoga calls it.
  compileOperations(schema).onExecute?.({
    args,
    executeFn: (given: typeof args) => {
      used = given.schema;
    },
    setExecuteFn: (ask: (given: typeof args) => void) => ask(args),
  } as never);
  const { data, errors = [] }: ExecutionResult = await execute({
    ...args,
    schema: mayCompile ? used : schema,
  });
  // Errors come as they are met: their order means nothing.
  const inOrder = [...errors].sort((a, b) => String(a.path).localeCompare(String(b.path)));
  return { answer: { data, errors: inOrder }, counted: counted.sort(), rounds, isCompiled: used !== schema };
}
