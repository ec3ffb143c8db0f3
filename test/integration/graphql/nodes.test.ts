import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
/** The moment before the order's second price change, and one at which all is written. */
let early: string;
let orderId: number;
let productId: number;
beforeAll(async () => {
  gateway = await openTestGateway();
  const { admin } = gateway.database;
  const [row] = await admin.query<{ order_id: number; product_id: number }>(
    "select order_id, min(product_id) as product_id from orderline where order_id = (select min(order_id) from orderline)",
  );
  orderId = Number(row?.order_id);
  productId = Number(row?.product_id);
  await setPrice("11.00");
  await wait(20);
  early = new Date().toISOString();
  await wait(20);
  await setPrice("12.00");
  await wait(20);
});
afterAll(() => gateway?.close());

const setPrice = (price: string) =>
  gateway.database.admin.run("update product set current_price = ? where product_id = ?", [price, productId]);

const dataOf = async (query: string, variables: Readonly<Record<string, unknown>> = {}) => {
  const { data, errors } = await gateway.ask(query, variables);
  expect(errors).toBeUndefined();
  return data as Record<string, unknown>;
};
interface Seen {
  readonly id: string;
  readonly currentPrice: string;
}
const product = "id name currentPrice";
const live = "source: LIVE";

describe("The id of a document", () => {
  test("is another for every document of the schema, whatever way it was reached by", async () => {
    const data = await dataOf(
      `query($order: ID!) {
        orderDetails(id: $order) { id orderId }
        page: orderDetailsConnection(first: 2) { nodes { id orderId } edges { node { id } } }
        checks: orderChecksConnection(first: 2) { nodes { id orderId details { id } } }
        sales(groupBy: [STATE], first: 1) { facts(first: 2) { nodes { id } } }
      }`,
      { order: String(orderId) },
    );
    expect(data.orderDetails).toEqual({ id: `OrderDetails:${orderId}`, orderId });
    const page = data.page as { nodes: { id: string; orderId: number }[]; edges: { node: { id: string } }[] };
    expect(page.nodes.map(({ id }) => id)).toEqual(page.nodes.map((one) => `OrderDetails:${one.orderId}`));
    expect(page.edges.map(({ node }) => node.id)).toEqual(page.nodes.map(({ id }) => id));
    const { nodes } = data.checks as { nodes: { id: string; orderId: number; details: { id: string } }[] };
    for (const one of nodes) {
      expect(one.id).toBe(`OrderChecks:${one.orderId}`);
      expect(one.details.id).toBe(`OrderDetails:${one.orderId}`);
    }
    const [row] = data.sales as { facts: { nodes: { id: string }[] } }[];
    expect(row?.facts.nodes.map(({ id }) => id.split(":")[0])).toEqual(["SalesFact", "SalesFact"]);
  });

  test("of the past is another than that of the present, and of each other moment", async () => {
    const data = await dataOf(
      `query($id: ID!, $early: DateTime!) {
        now: productBuyers(id: $id ${live}) { ${product} }
        past: productBuyers(id: $id asOf: $early) { ${product} }
        pages: productBuyersConnection(where: { productId: { eq: ${productId} } } asOf: $early) { nodes { ${product} } }
        history: productBuyersHistory(id: $id) { nodes { document { ${product} } validFrom } }
      }`,
      { id: String(productId), early },
    );
    const now = data.now as Seen;
    const past = data.past as Seen;
    const versions = data.history as { nodes: { document: Seen; validFrom: string | null }[] };
    expect(now).toMatchObject({ id: `ProductBuyers:${productId}`, currentPrice: "12.00" });
    expect(past).toMatchObject({ id: `ProductBuyers@${early}:${productId}`, currentPrice: "11.00" });
    expect((data.pages as { nodes: Seen[] }).nodes).toEqual([past]);
    const seen = versions.nodes.map(({ document }) => document);
    expect(seen.map((one) => one.currentPrice).slice(0, 2)).toEqual(["12.00", "11.00"]);
    const ids = [now.id, past.id, ...seen.map(({ id }) => id)];
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("of what a document of the past leads to is of the past too", async () => {
    const now = new Date().toISOString();
    const data = await dataOf(
      `query($id: ID!, $now: DateTime!) {
        orderChecks(id: $id asOf: $now) { id details { id } }
        history: orderChecksHistory(id: $id first: 1) { nodes { validFrom document { id details { id } } } }
      }`,
      { id: String(orderId), now },
    );
    expect(data.orderChecks).toEqual({
      id: `OrderChecks@${now}:${orderId}`,
      details: { id: `OrderDetails@${now}:${orderId}` },
    });
    const [version] = (data.history as { nodes: { validFrom: string; document: { details: Seen } }[] }).nodes;
    expect(version?.document.details.id).toBe(`OrderDetails@${version?.validFrom}:${orderId}`);
  });

  test("is taken where a key is", async () => {
    const id = `OrderDetails:${orderId}`;
    expect(await dataOf("query($id: ID!) { orderDetails(id: $id) { id } }", { id })).toEqual({
      orderDetails: { id },
    });
    const past = await gateway.ask("query($id: ID!) { orderDetails(id: $id) { id } }", {
      id: `OrderDetails@${early}:${orderId}`,
    });
    expect(past.errors?.[0]?.message).toContain("node(id:)");
    const foreign = await gateway.ask("query($id: ID!) { orderDetails(id: $id) { id } }", {
      id: `OrderChecks:${orderId}`,
    });
    expect(foreign.errors?.[0]?.extensions.code).toBe("BAD_INPUT");
  });
});

describe("node and nodes", () => {
  test("give back every document by the id that an answer had, of whatever type and moment", async () => {
    const given = await dataOf(
      `query($id: ID!, $order: ID!, $early: DateTime!) {
        now: productBuyers(id: $id ${live}) { ${product} }
        past: productBuyers(id: $id asOf: $early) { ${product} }
        history: productBuyersHistory(id: $id) { nodes { document { ${product} } } }
        checks: orderChecks(id: $order ${live}) { id details { id } }
        sales(groupBy: [STATE], first: 1) { facts(first: 1) { nodes { id } } }
      }`,
      { id: String(productId), order: String(orderId), early },
    );
    const versions = (given.history as { nodes: { document: Seen }[] }).nodes.map((one) => one.document);
    const [sold] = given.sales as { facts: { nodes: { id: string }[] } }[];
    const products = [given.now as Seen, given.past as Seen, ...versions];
    const others = [given.checks as { id: string }, ...(sold?.facts.nodes ?? [])];
    const all = [...products, ...others];
    const data = await dataOf(
      `query($ids: [ID!]!) {
        nodes(ids: $ids ${live}) { id ... on ProductBuyers { name currentPrice } ... on OrderChecks { details { id } } }
      }`,
      { ids: all.map(({ id }) => id) },
    );
    expect(data.nodes).toEqual(all);
    for (const one of all)
      expect(
        await dataOf(
          `query($id: ID!) {
            node(id: $id ${live}) { ...N ... on ProductBuyers { name currentPrice } ... on OrderChecks { details { id } } }
          }
          fragment N on Node { id }`,
          { id: one.id },
        ),
      ).toEqual({ node: one });
  });

  test("give back the facts of a cube from whichever store a client left to choose", async () => {
    const { sales } = await dataOf(
      "{ sales(groupBy: [STATE], first: 1) { facts(first: 2) { nodes { id } } } }",
    );
    const [row] = sales as { facts: { nodes: { id: string }[] } }[];
    const facts = row?.facts.nodes ?? [];
    expect(facts).toHaveLength(2);
    const ids = facts.map(({ id }) => id);
    expect(await dataOf("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids })).toEqual({
      nodes: facts,
    });
    expect(await dataOf("query($id: ID!) { node(id: $id source: MIRROR) { id } }", { id: ids[0] })).toEqual({
      node: facts[0],
    });
  });

  test("follow links at the moment of the id", async () => {
    const moment = new Date().toISOString();
    const ids = [`OrderChecks@${moment}:${orderId}`, `OrderChecks:${orderId}`];
    const data = await dataOf(
      "query($ids: [ID!]!) { nodes(ids: $ids source: LIVE) { ... on OrderChecks { details { id } } } }",
      { ids },
    );
    expect(data.nodes).toEqual([
      { details: { id: `OrderDetails@${moment}:${orderId}` } },
      { details: { id: `OrderDetails:${orderId}` } },
    ]);
  });

  test("have null for what is not there, and an error of its own for what is no id", async () => {
    const ids = ["OrderDetails:999999", `OrderDetails:${orderId}`, "12", "Nothing:1", "OrderDetails:x"];
    const { data, errors } = await gateway.ask("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", {
      ids,
    });
    const there = { __typename: "OrderDetails", id: `OrderDetails:${orderId}` };
    expect(data).toEqual({ nodes: [null, there, null, null, null] });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["BAD_INPUT", "BAD_INPUT", "BAD_INPUT"]);
    const unknown = await gateway.ask(
      `{ a: node(id: "OrderDetails@1:${orderId}") { id } b: node(id: "OrderDetails@2024-13-45T00:00:00.000Z:1") { id } }`,
    );
    expect(unknown.data).toEqual({ a: null, b: null });
    expect(unknown.errors?.map(({ extensions }) => extensions.code)).toEqual(["BAD_INPUT"]);
  });

  test("ask no mirror for the past", async () => {
    const ids = [`OrderDetails@${early}:${orderId}`, `OrderDetails:${orderId}`];
    const { data, errors } = await gateway.ask(
      "query($ids: [ID!]!) { nodes(ids: $ids source: MIRROR) { id } }",
      { ids },
    );
    expect(data).toEqual({ nodes: [null, { id: ids[1] }] });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["BAD_INPUT"]);
    const read = await gateway.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids });
    expect(read.data).toEqual({ nodes: ids.map((id) => ({ id })) });
    expect(read.extensions?.freshness).toMatchObject([{ root: "nodes", model: "order_details" }]);
  });

  test("refuse more ids than a page has documents", async () => {
    const ids = Array.from({ length: 501 }, (_, index) => `OrderDetails:${index}`);
    const answer = await gateway.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids });
    expect(answer.errors?.[0]?.extensions.code).toBe("BAD_INPUT");
  });
});

describe("A fragment on Node", () => {
  test("stands in any document, and changes nothing of the answer", async () => {
    const own = "query($id: ID!) { orderChecks(id: $id) { id details { id status } } }";
    const inPlace = "query($id: ID!) { orderChecks(id: $id) { ... on Node { id } details { id status } } }";
    const named = `query($id: ID!) { orderChecks(id: $id) { ...I details { id status } } } fragment I on Node { id }`;
    const inside = "query($id: ID!) { orderChecks(id: $id) { id details { ... on Node { id } status } } }";
    const id = String(orderId);
    const expected = await dataOf(own, { id });
    for (const query of [inPlace, named, inside]) expect(await dataOf(query, { id })).toEqual(expected);
  });
});
