import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

type Row = Readonly<Record<string, unknown>>;
interface Facts {
  readonly nodes: readonly Row[];
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

async function rows(args: string, fields: string, source: string): Promise<readonly Row[]> {
  const { data, errors } = await gateway.ask(`{ sales(${args} source: ${source}) { ${fields} } }`);
  expect(errors).toBeUndefined();
  return (data as { sales: readonly Row[] }).sales;
}

describe.each(["LIVE", "MIRROR"])("The facts of a row, %s", (source) => {
  test("add up to its measures, in subtotals and the total too, under the question's condition", async () => {
    const found = await rows(
      "rollup: [PLACED_ON_YEAR, STATUS] where: { product: { lt: 20 } } first: 20",
      "groupedBy bookedUnits bookedRevenue facts(first: 500) { totalCount nodes { product units revenue status placedOn } }",
      source,
    );
    expect(found.map(({ groupedBy }) => (groupedBy as string[]).length)).toContain(0);
    for (const row of found) {
      const { nodes, totalCount } = row.facts as Facts;
      expect(nodes.length).toBe(Math.min(totalCount, 500));
      expect(nodes.every(({ product }) => Number(product) < 20)).toBe(true);
      if (totalCount > 500) continue;
      expect(nodes.reduce((sum, { units }) => sum + Number(units), 0)).toBe(Number(row.bookedUnits));
    }
  });

  test("come in pages, and lead on to other documents", async () => {
    const args = "groupBy: [STATE] orderBy: [BOOKED_UNITS_DESC] first: 1";
    const page = (after: string) =>
      rows(
        args,
        `facts(first: 3 ${after}) { nodes { saleId state customerDocument { name } } pageInfo { hasNextPage endCursor } }`,
        source,
      );
    const [first] = await page("");
    const facts = first?.facts as Facts;
    expect(facts.nodes).toHaveLength(3);
    expect(facts.pageInfo.hasNextPage).toBe(true);
    expect(facts.nodes[0]).toMatchObject({ customerDocument: { name: expect.any(String) } });
    const [next] = await page(`after: "${facts.pageInfo.endCursor}"`);
    const rest = next?.facts as Facts;
    const all = [...facts.nodes, ...rest.nodes].map(({ saleId }) => BigInt(String(saleId)));
    expect(all).toHaveLength(6);
    expect(all).toEqual([...new Set(all)].sort((a, b) => (a < b ? -1 : 1)));
  });
});

test("both stores lead to the same facts", async () => {
  const ask = (source: string) =>
    rows(
      "groupBy: [PLACED_ON_WEEKDAY, STATE] first: 10",
      "placedOnWeekday state facts(first: 5) { totalCount nodes { saleId tax } }",
      source,
    );
  expect(await ask("MIRROR")).toEqual(await ask("LIVE"));
});

test("facts cost for each row that has them, and are counted against the documents of a request", async () => {
  const { errors } = await gateway.ask(
    "{ sales(groupBy: [ZIP] first: 1000) { facts(first: 500) { nodes { saleId } } } }",
  );
  expect(errors?.[0]?.extensions.code).toBe("LIMIT_EXCEEDED");
  const many = await gateway.ask(
    "{ sales(groupBy: [PRODUCT] first: 100) { facts(first: 500) { nodes { saleId } } } }",
  );
  expect(many.errors?.[0]?.extensions.code).toBe("LIMIT_EXCEEDED");
});

test("a page of more facts than are allowed is refused", async () => {
  const { errors } = await gateway.ask("{ sales { facts(first: 501) { nodes { saleId } } } }");
  expect(errors?.[0]?.message).toBe("first: must be 0 to 500, not 501.");
});
