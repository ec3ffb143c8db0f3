import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { ApolloClient, gql, HttpLink, InMemoryCache, type TypePolicies } from "@apollo/client";
import { Client, fetchExchange, gql as graphql } from "@urql/core";
import { cacheExchange, type KeyingConfig, type ResolverConfig } from "@urql/exchange-graphcache";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { renderClientFiles } from "../../../src/graphql/client-files.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

interface Kit {
  readonly possibleTypes: Record<string, string[]>;
  readonly typePolicies: TypePolicies;
  readonly keys: KeyingConfig;
  readonly resolvers: ResolverConfig;
}

/** Where packages are found from. */
const folder = join(".vitrine", `client-kit-${process.pid}`);

let gateway: TestGateway;
let kit: Kit;
let id: string;
let early: string;
beforeAll(async () => {
  gateway = await openTestGateway();
  const [row] = await gateway.database.admin.query<{ id: number }>(
    "select min(product_id) as id from product",
  );
  id = String(row?.id);
  await mkdir(folder, { recursive: true });
  for (const [name, text] of renderClientFiles(gateway.options.schema))
    await writeFile(join(folder, name), text);
  const load = (name: string) => import(pathToFileURL(join(folder, name)).href);
  kit = { ...(await load("apollo.ts")), ...(await load("urql.ts")) };
});
beforeEach(async () => {
  await setPrice("11.00");
  await wait(20);
  early = new Date().toISOString();
  await wait(20);
  await setPrice("12.00");
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await gateway?.close();
});

const setPrice = (price: string) =>
  gateway.database.admin.run("update product set current_price = ? where product_id = ?", [price, id]);

const fields = "id name currentPrice";
/** The same product in three times. */
const present = `query Present($id: ID!) { productBuyers(id: $id source: LIVE) { ${fields} } }`;
const past = `query Past($id: ID!, $early: DateTime!) { productBuyers(id: $id asOf: $early) { ${fields} } }`;
const history = `query History($id: ID!) { productBuyersHistory(id: $id) { edges { node { document { ${fields} } } cursor } pageInfo { hasNextPage endCursor } } }`;
const page = `query Page($after: String) {
  orderDetailsConnection(first: 3, after: $after, orderBy: [PLACED_AT_DESC], source: LIVE) {
    edges { cursor node { id orderId buyer { customerId } } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const price = (currentPrice: string) => expect.objectContaining({ currentPrice });

interface History {
  readonly productBuyersHistory: {
    readonly edges: readonly { readonly node: { readonly document: object } }[];
  };
}
interface Orders {
  readonly orderDetailsConnection: {
    readonly edges: readonly { readonly node: { readonly orderId: number } }[];
    readonly pageInfo: { readonly endCursor: string };
  };
}
const orderIds = (data: Orders | undefined) =>
  data?.orderDetailsConnection.edges.map(({ node }) => node.orderId);

/** What the gateway itself says of the first six. */
const firstSix = async () => {
  const { data } = await gateway.ask(
    "{ orderDetailsConnection(first: 6, orderBy: [PLACED_AT_DESC], source: LIVE) { edges { node { orderId } } } }",
  );
  return orderIds(data as unknown as Orders);
};

describe("Apollo Client with the kit's policies", () => {
  const open = () =>
    new ApolloClient({
      link: new HttpLink({ uri: gateway.server.url }),
      cache: new InMemoryCache({ possibleTypes: kit.possibleTypes, typePolicies: kit.typePolicies }),
    });

  test("keeps the present, a moment of the past and the versions side by side", async () => {
    const client = open();
    const variables = { id, early };
    await client.query({ query: gql(present), variables });
    await client.query({ query: gql(past), variables });
    await client.query({ query: gql(history), variables });
    // From the cache alone, after all three were written into it.
    const read = <T>(query: string) => client.readQuery<T>({ query: gql(query), variables });
    expect(read(present)).toEqual({ productBuyers: price("12.00") });
    expect(read(past)).toEqual({ productBuyers: price("11.00") });
    const versions = read<History>(history)?.productBuyersHistory.edges.map(({ node }) => node.document);
    expect(versions?.slice(0, 2)).toEqual([price("12.00"), price("11.00")]);

    // What a mutation brings changes the present, and nothing that was.
    await client.mutate({
      mutation: gql`mutation($id: Int!) { updatePrice(productId: $id, price: "13.00") { product { ${fields} } } }`,
      variables: { id: Number(id) },
    });
    expect(read(present)).toEqual({ productBuyers: price("13.00") });
    expect(read(past)).toEqual({ productBuyers: price("11.00") });
    const still = read<History>(history)?.productBuyersHistory.edges.map(({ node }) => node.document);
    expect(still).toEqual(versions);
  });

  test("joins the pages of a list, and replaces it when it is asked for from its beginning", async () => {
    const client = open();
    const query = gql(page);
    const list = client.watchQuery<Orders>({ query });
    const watch = list.subscribe(() => undefined);
    const first = await list.refetch();
    const { endCursor } = (first.data as Orders).orderDetailsConnection.pageInfo;
    await list.fetchMore({ variables: { after: endCursor } });
    expect(orderIds(client.readQuery<Orders>({ query }) ?? undefined)).toEqual(await firstSix());
    await list.refetch();
    watch.unsubscribe();
    expect(orderIds(client.readQuery<Orders>({ query }) ?? undefined)).toEqual(
      (await firstSix())?.slice(0, 3),
    );
  });

  test("reads by Node what any list has brought", async () => {
    const client = open();
    const { data } = await client.query<{ node: object }>({
      query: gql`query($id: ID!) { node(id: $id, source: LIVE) { id ... on ProductBuyers { currentPrice } } }`,
      variables: { id: `ProductBuyers:${id}` },
    });
    expect(data?.node).toEqual(price("12.00"));
    const known = client.cache.readFragment({
      id: `ProductBuyers:ProductBuyers:${id}`,
      fragment: gql`fragment P on Node { id }`,
    });
    expect(known).toMatchObject({ id: `ProductBuyers:${id}` });
  });
});

describe("urql's graphcache with the kit's keys", () => {
  const open = () => {
    const warnings: string[] = [];
    const logger = (_level: string, message: string) => void warnings.push(message);
    const client = new Client({
      url: gateway.server.url,
      preferGetMethod: false,
      exchanges: [cacheExchange({ keys: kit.keys, resolvers: kit.resolvers, logger }), fetchExchange],
    });
    const ask = (query: string, variables: object, requestPolicy: "network-only" | "cache-only") =>
      client.query(graphql(query), variables, { requestPolicy }).toPromise();
    return { client, ask, warnings };
  };

  test("keeps the present, a moment of the past and the versions side by side", async () => {
    const { client, ask, warnings } = open();
    const variables = { id, early };
    for (const query of [present, past, history])
      expect((await ask(query, variables, "network-only")).error).toBeUndefined();
    const read = async (query: string) => (await ask(query, variables, "cache-only")).data;
    expect(await read(present)).toEqual({ productBuyers: price("12.00") });
    expect(await read(past)).toEqual({ productBuyers: price("11.00") });
    const before = (await read(history)) as History;
    expect(before.productBuyersHistory.edges.slice(0, 2).map(({ node }) => node.document)).toEqual([
      price("12.00"),
      price("11.00"),
    ]);
    const changed = await client
      .mutation(
        graphql(
          `mutation($id: Int!) { updatePrice(productId: $id, price: "13.00") { product { ${fields} } } }`,
        ),
        { id: Number(id) },
      )
      .toPromise();
    expect(changed.error).toBeUndefined();
    expect(await read(present)).toEqual({ productBuyers: price("13.00") });
    expect(await read(past)).toEqual({ productBuyers: price("11.00") });
    expect(await read(history)).toEqual(before);
    // A type that it cannot key, or whose data it loses, would be told here.
    expect(warnings).toEqual([]);
  });

  test("joins the pages of a list", async () => {
    const { ask, warnings } = open();
    const first = await ask(page, {}, "network-only");
    const { endCursor } = (first.data as Orders).orderDetailsConnection.pageInfo;
    await ask(page, { after: endCursor }, "network-only");
    const all = await ask(page, {}, "cache-only");
    expect(orderIds(all.data as Orders)).toEqual(await firstSix());
    expect(warnings).toEqual([]);
  });
});
