import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

type Row = Readonly<Record<string, unknown>>;

async function rows(args: string, fields: string, source: string): Promise<readonly Row[]> {
  const { data, errors } = await gateway.ask(`{ sales(${args} source: ${source}) { ${fields} } }`);
  expect(errors).toBeUndefined();
  return (data as { sales: readonly Row[] }).sales;
}

/** Rows of SQL over the tables, every value as text. */
const sql = (text: string): Promise<readonly Row[]> => gateway.database.admin.query(text);

const sold = `from orderline l join \`order\` o using (order_id) join customer c using (customer_id) join city t using (zip)
  where o.status <> 'cancelled'`;

describe.each(["LIVE", "MIRROR"])("What a row tells of others, %s", (source) => {
  test("the share of each state, and within the state of each status", async () => {
    const expected = await sql(
      `select state, product_id as product, cast(revenue as char) as revenue,
        cast(round(revenue / sum(revenue) over (), 6) as char) as whole,
        cast(round(revenue / sum(revenue) over (partition by state), 6) as char) as part
      from (select t.state, l.product_id, sum(l.line_total) as revenue ${sold} group by 1, 2) as g
      order by g.revenue desc, state, product_id limit 30`,
    );
    const found = await rows(
      "groupBy: [STATE, PRODUCT] orderBy: [REVENUE_DESC] first: 30",
      "state product revenue whole: share { revenue } part: share(within: [STATE]) { revenue }",
      source,
    );
    const flat = found.map(
      ({ whole, part, ...row }): Row => ({
        ...row,
        ...{ whole: (whole as Row).revenue, part: (part as Row).revenue },
      }),
    );
    expect(flat.map((row) => ({ ...row, product: String(row.product) }))).toEqual(
      expected.map((row) => ({ ...row, product: String(row.product) })),
    );
  });

  test("the running total follows the rows, or an order of its own", async () => {
    const found = await rows(
      "groupBy: [PLACED_ON_MONTH] orderBy: [PLACED_ON_MONTH_ASC] first: 1000",
      "placedOnMonth revenue runningTotal { revenue units } best: runningTotal(orderBy: [REVENUE_DESC]) { revenue }",
      source,
    );
    const expected = await sql(
      `select cast(month as char) as month, cast(sum(revenue) over (order by month) as char) as total,
        cast(sum(units) over (order by month) as char) as units,
        cast(sum(revenue) over (order by revenue desc, month) as char) as best
      from (select cast(date_format(o.placed_on, '%Y-%m-01') as date) as month,
          sum(if(o.status <> 'cancelled', l.line_total, 0)) as revenue,
          sum(if(o.status <> 'cancelled', l.quantity, 0)) as units
        from orderline l join \`order\` o using (order_id) group by 1) as g order by g.month`,
    );
    expect(expected.length).toBeGreaterThan(20);
    expect(
      found.map(({ placedOnMonth, runningTotal, best }) => ({
        month: placedOnMonth,
        total: (runningTotal as Row).revenue,
        units: (runningTotal as Row).units,
        best: (best as Row).revenue,
      })),
    ).toEqual(expected);
  });

  test("the month before and the month of the year before, of each state", async () => {
    const found = await rows(
      "groupBy: [STATE, PLACED_ON_MONTH] orderBy: [STATE_ASC, PLACED_ON_MONTH_ASC] first: 10000",
      `state placedOnMonth bookedRevenue averageOrder
      before: previous(over: PLACED_ON_MONTH) { bookedRevenue averageOrder }
      year: previous(over: PLACED_ON_MONTH, step: YEAR) { bookedRevenue }`,
      source,
    );
    const known = new Map(found.map((row) => [`${row.state} ${row.placedOnMonth}`, row]));
    const shift = (month: unknown, months: number) => {
      const date = new Date(`${month}T00:00:00Z`);
      date.setUTCMonth(date.getUTCMonth() + months);
      return date.toISOString().slice(0, 10);
    };
    let gaps = 0;
    for (const { state, placedOnMonth, before, year } of found) {
      const last = known.get(`${state} ${shift(placedOnMonth, -1)}`);
      gaps += last ? 0 : 1;
      expect(before).toEqual({
        bookedRevenue: last?.bookedRevenue ?? null,
        averageOrder: last?.averageOrder ?? null,
      });
      const yearBefore = known.get(`${state} ${shift(placedOnMonth, -12)}`);
      expect(year).toEqual({ bookedRevenue: yearBefore?.bookedRevenue ?? null });
    }
    expect(gaps).toBeGreaterThan(0);
    expect(gaps).toBeLessThan(found.length);
  });

  test("the three best products of each state, in the order of the rows", async () => {
    const expected = await sql(
      `select state, product_id as product, cast(revenue as char) as revenue from (
        select state, product_id, revenue, row_number() over (partition by state order by revenue desc, product_id) as place
        from (select t.state, l.product_id, sum(l.line_total) as revenue ${sold} group by 1, 2) as g) as ranked
      where place <= 3 order by state, ranked.revenue desc, product_id`,
    );
    const found = await rows(
      `groupBy: [STATE, PRODUCT] having: { units: { gt: 0 } } first: 10000 orderBy: [STATE_ASC, REVENUE_DESC]
      topPerGroup: { by: [STATE], first: 3, orderBy: [REVENUE_DESC] }`,
      "state product revenue",
      source,
    );
    expect(found.length).toBeGreaterThan(30);
    expect(found.map((row) => ({ ...row, product: String(row.product) }))).toEqual(
      expected.map((row) => ({ ...row, product: String(row.product) })),
    );
  });
});

test("windows below fragments and directives are those that are shown", async () => {
  const { data, errors } = await gateway.ask(
    `query($no: Boolean = false) { sales(groupBy: [STATE], first: 2) { ...parts ... on SalesRow { share { units } }
      runningTotal @include(if: $no) { units } } }
    fragment parts on SalesRow { state share { revenue __typename } }`,
  );
  expect(errors).toBeUndefined();
  expect((data as { sales: readonly Row[] }).sales[0]).toEqual({
    state: expect.any(String),
    share: {
      revenue: expect.stringMatching(/^0\.\d{6}$/),
      __typename: "SalesShare",
      units: expect.stringMatching(/^0\.\d{6}$/),
    },
  });
});

test.each([
  [
    "share(within: [CITY]) { revenue }",
    "share.within: nothing is grouped by city. Add it to groupBy, or leave it out.",
  ],
  [
    "runningTotal(orderBy: [CITY_ASC]) { revenue }",
    "runningTotal.orderBy: cannot sort by city, which nothing is grouped by. Add it to groupBy.",
  ],
  [
    "previous(over: STATE) { revenue }",
    "previous.over: nothing comes before a state: take a date, or its week, month, quarter or year.",
  ],
  [
    "previous(over: PLACED_ON_MONTH) { revenue }",
    "previous.over: nothing is grouped by placedOnMonth. Add it to groupBy, or leave it out.",
  ],
])("%s is refused with a sentence", async (field, message) => {
  const { errors } = await gateway.ask(`{ sales(groupBy: [STATE]) { ${field} } }`);
  expect(errors?.map((error) => error.message)).toEqual([message]);
  expect(errors?.[0]?.extensions.code).toBe("BAD_INPUT");
});

test.each([
  ["by: [], first: 3", "topPerGroup.by: is empty; name a dimension, or use first."],
  ["by: [CITY], first: 3", "topPerGroup.by: nothing is grouped by city. Add it to groupBy, or leave it out."],
  ["by: [STATE, STATE], first: 3", "topPerGroup.by: names a dimension twice."],
  ["by: [STATE], first: 0", "topPerGroup.first: must be 1 to 1000, not 0."],
  ["by: [STATE], first: 1001", "topPerGroup.first: must be 1 to 1000, not 1001."],
])("topPerGroup: {%s} is refused with a sentence", async (top, message) => {
  const { errors } = await gateway.ask(`{ sales(groupBy: [STATE], topPerGroup: { ${top} }) { revenue } }`);
  expect(errors?.map((error) => error.message)).toEqual([message]);
});

test("more windows than ten are refused", async () => {
  const dimensions = ["STATE", "CITY", "ZIP", "PRODUCT", "CUSTOMER", "STATUS"];
  const some = dimensions.flatMap((one, at) =>
    dimensions.slice(at).map((other, to) => `w${at}_${to}: share(within: [${one}, ${other}]) { units }`),
  );
  const { errors } = await gateway.ask(
    `{ sales(groupBy: [${dimensions}]) { ${some.slice(0, 11).join(" ")} } }`,
  );
  expect(errors?.[0]?.extensions.code).toBe("LIMIT_EXCEEDED");
  expect(errors?.[0]?.message).toContain("at most 10 are allowed");
});
