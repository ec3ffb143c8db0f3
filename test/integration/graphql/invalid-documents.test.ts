import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clearChanges } from "../../support/changes.ts";
import { type Answer, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
/** Orders of the shop: with a date that no calendar has, without a day where there always is one, fine. */
const [SPOILED, UNPLACED] = [3, 5];

beforeAll(async () => {
  gateway = await openTestGateway();
  const { admin } = gateway.database;
  // The shop's triggers would refuse it: these rows are older than they are.
  await admin.query("drop trigger order_before_update");
  await admin.run("update `order` set status = 'shipped', date_shipped = '0000-00-00' where order_id = ?", [
    SPOILED,
  ]);
  await admin.run("update `order` set date_placed = '0000-00-00' where order_id = ?", [UNPLACED]);
  await clearChanges(admin);
});
afterAll(() => gateway?.close());

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly ({ readonly orderId: number } | null)[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly orderId: number } | null }[];
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
}
const pageOf = (answer: Answer) => answer.data?.orderDetailsConnection as Page;
const query = `query($source: Source, $after: String, $before: String, $first: Int, $last: Int, $orderBy: [OrderDetailsOrderBy!],
    $maxStaleness: Int) {
  orderDetailsConnection(source: $source after: $after before: $before first: $first last: $last orderBy: $orderBy
    maxStaleness: $maxStaleness) {
    totalCount nodes { ...shown } edges { cursor node { ...shown } } pageInfo { endCursor hasNextPage } } }
fragment shown on OrderDetails { orderId placedAt shippedAt }`;

describe("a document that live cannot give", () => {
  test("is a null node with an error of its own; the others of its page answer", async () => {
    const answer = await gateway.ask(query, { source: "LIVE", first: 6 });
    const page = pageOf(answer);
    const ids = page.nodes.map((node) => node?.orderId ?? null);
    expect(ids.filter((id) => id === null)).toHaveLength(2);
    expect(ids.length).toBe(6);
    expect(page.edges.map(({ node }) => node?.orderId ?? null)).toEqual(ids);
    const at = ids.indexOf(null);
    // Clients read more of an error than `Answer` says.
    const errors = (answer.errors ?? []) as readonly object[] as readonly { readonly path: unknown }[];
    expect(errors).toHaveLength(4);
    expect(errors.find(({ path }) => String(path) === `orderDetailsConnection,nodes,${at}`)).toMatchObject({
      message: `order_details ${SPOILED}: shippedAt is not a day of the calendar.`,
      extensions: {
        code: "DOCUMENT_INVALID",
        model: "order_details",
        id: String(SPOILED),
        path: "shippedAt",
        problem: "is not a day of the calendar",
      },
    });
  });

  test.each([[[]], [["PLACED_ASC"]], [["PLACED_DESC"]], [["SHIPPED_DESC", "PLACED_ASC"]], [["SHIPPED_ASC"]]])(
    "has its place in the order %s: pages pass over nothing and repeat nothing",
    async (orderBy) => {
      const whole = pageOf(await gateway.ask(query, { source: "LIVE", first: 500, orderBy }));
      expect(whole.nodes.length).toBe(whole.totalCount);
      for (const first of [10]) {
        const seen: unknown[] = [];
        for (let after: string | null = null; ; ) {
          const page = pageOf(await gateway.ask(query, { source: "LIVE", first, orderBy, after }));
          seen.push(...page.edges.map(({ node }) => node?.orderId ?? null));
          after = page.pageInfo.endCursor;
          if (!page.pageInfo.hasNextPage || seen.length > whole.nodes.length) break;
        }
        expect(seen).toEqual(whole.nodes.map((node) => node?.orderId ?? null));
      }
      // Each gap alone, and from it.
      for (const [index, { cursor, node }] of whole.edges.entries()) {
        if (node !== null || index === 0) continue;
        const alone = pageOf(
          await gateway.ask(query, {
            source: "LIVE",
            first: 1,
            orderBy,
            after: whole.edges[index - 1]?.cursor,
          }),
        );
        expect(alone.edges).toEqual([{ cursor, node: null }]);
        const next = pageOf(await gateway.ask(query, { source: "LIVE", first: 1, orderBy, after: cursor }));
        expect(next.edges).toEqual(whole.edges.slice(index + 1, index + 2));
      }
      const back: unknown[] = [];
      for (let before: string | undefined; ; ) {
        const page: Page = pageOf(await gateway.ask(query, { source: "LIVE", last: 7, orderBy, before }));
        back.unshift(...page.nodes.map((node) => node?.orderId ?? null));
        before = page.edges[0]?.cursor;
        if (!before || page.nodes.length < 7) break;
      }
      expect(back).toEqual(whole.nodes.map((node) => node?.orderId ?? null));
    },
  );

  test("by its id, is null with the error; others that are asked for with it answer", async () => {
    const answer = await gateway.ask(`{
      spoiled: orderDetails(id: ${SPOILED} source: LIVE) { orderId shippedAt }
      fine: orderDetails(id: 1 source: LIVE) { orderId } }`);
    expect(answer.data).toEqual({ spoiled: null, fine: { orderId: 1 } });
    expect(answer.errors).toMatchObject([{ path: ["spoiled"], extensions: { code: "DOCUMENT_INVALID" } }]);
  });
});

test("a field that cannot be given spoils no answer that does not ask for it", async () => {
  const answer = await gateway.ask(
    `{ orderDetails(id: ${SPOILED} source: LIVE) { orderId placedAt }
      orderDetailsConnection(source: LIVE first: 6) { nodes { orderId status } } }`,
  );
  expect(answer.errors).toBeUndefined();
  expect(answer.data?.orderDetails).toMatchObject({ orderId: SPOILED });
});

test("a day that no calendar has is null with an error in a cube; the measures of its row stand", async () => {
  const answer = await gateway.ask(
    "{ sales(source: LIVE groupBy: [PLACED_ON] orderBy: [PLACED_ON_ASC] first: 2) { placedOn units } }",
  );
  expect(answer.data?.sales).toMatchObject([
    { placedOn: null, units: expect.stringMatching(/^[1-9]/) },
    { placedOn: expect.stringMatching(/^2/) },
  ]);
  expect(answer.errors).toMatchObject([
    { path: ["sales", 0, "placedOn"], extensions: { code: "DOCUMENT_INVALID", path: "placedOn" } },
  ]);
});

describe("AUTO, when the mirror is older than it would like", () => {
  beforeAll(async () => {
    await gateway.database.admin.run(
      "insert into vitrine_change_customer (customer_id, vitrine_at) values (0, utc_timestamp(6) - interval 1 minute)",
    );
  });

  test("takes what the mirror has where live cannot give all, and says how old it is", async () => {
    const sourceOf = async () =>
      (await gateway.ask("{ customerOrders(id: 1) { customerId } }")).extensions?.freshness[0]?.source;
    await expect.poll(sourceOf).toBe("LIVE");
    const answer = await gateway.ask(query, { first: 6 });
    expect(answer.errors).toBeUndefined();
    expect(pageOf(answer).nodes.every((node) => node !== null)).toBe(true);
    const [freshness] = answer.extensions?.freshness ?? [];
    expect(freshness).toMatchObject({ source: "MIRROR", pendingChanges: 1 });
    expect(freshness?.lagMs).toBeGreaterThan(10_000);
    const one = await gateway.ask(`{ orderDetails(id: ${SPOILED}) { orderId placedAt shippedAt } }`);
    expect(one).toMatchObject({ data: { orderDetails: { orderId: SPOILED } } });
    expect(one.extensions?.freshness).toMatchObject([{ source: "MIRROR" }]);
  });

  test("stays live where live can give all", async () => {
    const answer = await gateway.ask(query, { first: 1 });
    expect(answer.errors).toBeUndefined();
    expect(answer.extensions?.freshness).toMatchObject([{ source: "LIVE" }]);
  });

  test("keeps its promise when the query limits the age: live, with a null node", async () => {
    const answer = await gateway.ask(query, { first: 6, maxStaleness: 5000 });
    expect(answer.extensions?.freshness).toMatchObject([{ source: "LIVE" }]);
    expect(pageOf(answer).nodes.filter((node) => node === null)).toHaveLength(2);
  });

  test("is live with a null node when the mirror cannot answer either", async () => {
    const { admin } = gateway.database;
    await admin.run("update vitrine_state set rebuild_status = 'running' where model = 'order_details'");
    await expect
      .poll(
        async () => (await gateway.ask(query, { source: "MIRROR", first: 1 })).errors?.[0]?.extensions.code,
      )
      .toBe("MIRROR_UNAVAILABLE");
    const answer = await gateway.ask(query, { first: 6 });
    expect(pageOf(answer).nodes.filter((node) => node === null)).toHaveLength(2);
    expect(answer.errors).toHaveLength(4);
  });
});
