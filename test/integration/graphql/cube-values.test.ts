import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

async function values(args: string, source: string) {
  const { data, errors } = await gateway.ask(`{ salesValues(${args} source: ${source}) { value facts } }`);
  expect(errors).toBeUndefined();
  return (data as { salesValues: unknown }).salesValues;
}

/** Values and counts by SQL over the tables. */
const counted = async (column: string, condition = "true") =>
  (
    await gateway.database.admin.query<{ value: string | number; facts: string | number }>(
      `select ${column} as value, count(*) as facts
      from orderline l join \`order\` o using (order_id) join customer c using (customer_id) join city t using (zip)
      where ${condition} group by 1 order by 1`,
    )
  ).map(({ value, facts }) => ({ value: String(value), facts: Number(facts) }));

describe.each(["LIVE", "MIRROR"])("The values of a dimension, %s", (source) => {
  test("are those of all facts, in order, with how many have each", async () => {
    expect(await values("dimension: STATE first: 500", source)).toEqual(await counted("t.state"));
    expect(await values("dimension: STATUS", source)).toEqual(await counted("o.status"));
    expect(await values("dimension: PLACED_ON_WEEKDAY", source)).toEqual(
      await counted("weekday(o.placed_on) + 1"),
    );
    expect(await values("dimension: PRODUCT first: 3", source)).toEqual(
      (await counted("l.product_id")).slice(0, 3),
    );
  });

  test("may be those that start so, of facts that fit", async () => {
    const all = await counted("t.city", "t.city like binary 'S%' and o.status = 'shipped'");
    expect(all.length).toBeGreaterThan(1);
    expect(
      await values('dimension: CITY startsWith: "S" where: { status: { eq: shipped } } first: 500', source),
    ).toEqual(all);
    expect(await values('dimension: CITY startsWith: "s"', source)).toEqual([]);
  });
});

test("an index finds the values that start so, in both stores", async () => {
  const { admin, mongo } = gateway.database;
  const plan = await admin.query<{ table: string; key: string | null }>(
    "explain select city, count(*) from sales where (city >= 'San' and city < 'Sao') group by city",
  );
  expect(plan.find(({ table }) => table === "city")?.key).toMatch(/^city_city_ix$/);
  const indexes = await mongo.db.collection("sales").indexes();
  expect(indexes.map(({ key }) => Object.keys(key)[0])).toContain("city");
});

test.each([
  [
    'dimension: PLACED_ON startsWith: "2007"',
    "startsWith: placedOn is no text. Leave startsWith out, or narrow the facts with where.",
  ],
  [
    'dimension: STATUS startsWith: "s"',
    "startsWith: status is no text. Leave startsWith out, or narrow the facts with where.",
  ],
  ["dimension: STATE first: 501", "first: must be 0 to 500, not 501."],
  [
    "dimension: STATE where: {}",
    "where: is empty; leave it out, or give it a condition. Has a variable no value?",
  ],
])("salesValues(%s) is refused with a sentence", async (args, message) => {
  const { errors } = await gateway.ask(`{ salesValues(${args}) { value } }`);
  expect(errors?.map((error) => error.message)).toEqual([message]);
  expect(errors?.[0]?.extensions.code).toBe("BAD_INPUT");
});
