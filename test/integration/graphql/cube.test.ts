import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { takeToken } from "../../../src/stores/mariadb/take-token.ts";
import { clearChanges } from "../../support/changes.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

type Row = Readonly<Record<string, unknown>>;

async function rows(args: string, fields: string, source = "LIVE"): Promise<readonly Row[]> {
  const { data, errors } = await gateway.ask(`{ sales(${args} source: ${source}) { ${fields} } }`);
  expect(errors).toBeUndefined();
  return (data as { sales: readonly Row[] }).sales;
}

describe("a cube query", () => {
  test("without dimensions is one grand total, which adds up to the orders of the shop", async () => {
    const [total] = await gateway.database.admin.query(
      `select cast(sum(subtotal) as char) as revenue, cast(sum(sales_tax) as char) as tax, count(*) as orders
        from \`order\` o where o.status <> 'cancelled'
          and exists (select 1 from orderline l where l.order_id = o.order_id)`,
    );
    const [row] = await rows("", "level groupedBy revenue tax orders");
    expect(row).toEqual({ level: 0, groupedBy: [], ...total, orders: Number(total?.orders) });
  });

  test("of a roll-up tells subtotals by level, and the levels agree with each other", async () => {
    const found = await rows(
      "rollup: [STATE, STATUS] first: 10000",
      "level groupedBy state status revenue units",
    );
    const sum = (level: number) =>
      found.filter((row) => row.level === level).reduce((all, row) => all + Number(row.units), 0);
    expect([sum(2), sum(1)]).toEqual([sum(0), sum(0)]);
    for (const row of found)
      expect(row.groupedBy).toEqual([["STATE", "STATUS"], ["STATE"], []][2 - Number(row.level)]);
  });

  test("has equal rows from both stores, links included", async () => {
    const args = "groupBy: [CUSTOMER] orderBy: [AVERAGE_ORDER_DESC] first: 5 withTies: true";
    const fields = "customer revenue averageOrder orders customers customerDocument { name }";
    const live = await rows(args, fields);
    expect(live.length).toBeGreaterThan(4);
    expect(await rows(args, fields, "MIRROR")).toEqual(live);
  });

  test("may have a condition on a measure that is not selected", async () => {
    const all = await rows("groupBy: [CUSTOMER] first: 10000", "customer orders");
    const often = await rows("groupBy: [CUSTOMER] having: { orders: { gte: 4 } } first: 10000", "customer");
    const expected = all.filter((row) => Number(row.orders) >= 4).map(({ customer }) => ({ customer }));
    expect(expected.length).toBeGreaterThan(0);
    expect(often).toEqual(expected);
  });

  test("may group by every dimension at once", async () => {
    const days =
      "PLACED_ON PLACED_ON_WEEK PLACED_ON_MONTH PLACED_ON_QUARTER PLACED_ON_YEAR PLACED_ON_WEEKDAY";
    const dimensions = `PRODUCT STATE CITY ZIP ${days} CUSTOMER STATUS`;
    const live = await rows(`groupBy: [${dimensions}] first: 3`, "level product placedOnYear");
    expect(live).toHaveLength(3);
    expect(await rows(`groupBy: [${dimensions}] first: 3`, "level product placedOnYear", "MIRROR")).toEqual(
      live,
    );
  });

  test("of thirteen dimensions, when there are twelve, is refused", async () => {
    const thirteen =
      "PRODUCT STATE CITY ZIP PLACED_ON PLACED_ON_WEEK PLACED_ON_MONTH PLACED_ON_QUARTER PLACED_ON_YEAR PLACED_ON_WEEKDAY CUSTOMER STATUS PRODUCT";
    const { data, errors } = await gateway.ask(`{ sales(groupBy: [${thirteen}]) { revenue } }`);
    expect(data?.sales ?? null).toBeNull();
    expect(errors?.[0]?.extensions.code).toBe("BAD_INPUT");
  });

  test("tells how old its answer is", async () => {
    const { extensions } = await gateway.ask("{ sales(groupBy: [ZIP] source: MIRROR) { revenue } }");
    expect(extensions?.freshness).toEqual([
      expect.objectContaining({ root: "sales", model: "sales", source: "MIRROR" }),
    ]);
  });

  test("tells which roll-up answered, and how old that is", async () => {
    const ask = (args: string) => gateway.ask(`{ sales(${args}) { revenue } }`);
    const model = "sales_by_placed_on_month_state_status";
    for (const args of [
      "groupBy: [STATE]",
      'groupBy: [STATE] source: MIRROR where: { placedOn: { lt: "2007-02-01" } }',
    ])
      expect((await ask(args)).extensions?.freshness).toEqual([
        expect.objectContaining({
          root: "sales",
          model,
          source: "MIRROR",
          position: "1",
          lagMs: expect.any(Number),
        }),
      ]);
    for (const args of [
      "groupBy: [STATE] source: LIVE",
      'groupBy: [STATE] where: { placedOn: { lt: "2007-02-02" } }',
    ])
      expect((await ask(args)).extensions?.freshness).toEqual([expect.objectContaining({ model: "sales" })]);
  });

  test.each([
    ["an unknown dimension", "groupBy: [COLOUR]", "BAD_INPUT"],
    ["one dimension twice", "groupBy: [STATE, STATE]", "BAD_INPUT"],
    [
      "a cube of seven dimensions",
      "cube: [PRODUCT, STATE, CITY, ZIP, PLACED_ON, CUSTOMER, STATUS]",
      "BAD_INPUT",
    ],
    ["a roll-up and a cube", "cube: [STATE], rollup: [CITY]", "BAD_INPUT"],
    ["too many rows", "groupBy: [STATE], first: 10001", "BAD_INPUT"],
    ["an order by what it is not grouped by", "groupBy: [STATE], orderBy: [CITY_ASC]", "BAD_INPUT"],
    ["a bad number in having", 'having: { revenue: { gt: "much" } }', "BAD_INPUT"],
    ["a condition on an unknown measure", "having: { profit: { gt: 1 } }", "BAD_INPUT"],
  ])("with %s is refused with a code", async (_what, args, code) => {
    const { errors, data } = await gateway.ask(`{ sales(${args}) { revenue } }`);
    expect(data ?? null).toBeNull();
    expect(errors?.[0]?.extensions.code).toBe(code);
  });
});

describe("The age of a cube answer", () => {
  const query =
    "query($source: Source, $maxStaleness: Int, $afterWrite: String) { sales(source: $source maxStaleness: $maxStaleness afterWrite: $afterWrite) { revenue } }";
  const sourceOf = async (variables: Readonly<Record<string, unknown>>) => {
    const { errors, extensions } = await gateway.ask(query, variables);
    return errors?.[0]?.extensions.code ?? extensions?.freshness[0]?.source;
  };

  test("is bounded by maxStaleness: older than that, AUTO reads live and MIRROR is refused", async () => {
    const { admin } = gateway.database;
    await admin.run(
      "insert into vitrine_change_city (zip, vitrine_at) values ('0', utc_timestamp(6) - interval 3 second)",
    );
    await expect.poll(() => sourceOf({ maxStaleness: 1000 })).toBe("LIVE");
    expect(await sourceOf({ source: "MIRROR", maxStaleness: 1000 })).toBe("MIRROR_UNAVAILABLE");
    expect(await sourceOf({ maxStaleness: 60_000 })).toBe("MIRROR");
    await clearChanges(admin);
    await expect.poll(() => sourceOf({ maxStaleness: 1000 })).toBe("MIRROR");
  });

  test("reaches a write by its token: waits for the mirror, else reads live", async () => {
    const { admin } = gateway.database;
    const afterWrite = await takeToken(admin);
    expect(await sourceOf({ afterWrite })).toBe("LIVE");
    expect(await sourceOf({ afterWrite, source: "MIRROR" })).toBe("MIRROR_UNAVAILABLE");
    await admin.run("update vitrine_state set complete = (select n from vitrine_position)");
    expect(await sourceOf({ afterWrite })).toBe("MIRROR");
  });
});
