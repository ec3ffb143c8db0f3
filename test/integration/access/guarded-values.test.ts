import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { type GuardedGateway, openGuardedGateway } from "./guarded-gateway.ts";

let gateway: TestGateway;
let buyer: GuardedGateway;
let analyst: GuardedGateway;
let me: number;
beforeAll(async () => {
  gateway = await openTestGateway();
  const [first] = await gateway.database.reader.query<{ id: number }>(
    "select customer_id as id from orders group by customer_id order by count(*) desc, 1 limit 1",
  );
  me = first?.id ?? 0;
  buyer = await openGuardedGateway(gateway, "customer", { customer_id: me });
  analyst = await openGuardedGateway(gateway, "analyst");
});
afterAll(async () => {
  for (const one of [buyer, analyst]) await one?.close();
  await gateway?.close();
});

interface Value {
  readonly value: string | null;
  readonly facts: number;
}
async function valuesOf(asked: Pick<GuardedGateway, "ask">, query: string): Promise<readonly Value[]> {
  const { data, errors } = await asked.ask(query);
  expect(errors).toBeUndefined();
  return (data as { readonly salesValues: readonly Value[] }).salesValues;
}

describe.each(["LIVE", "MIRROR"])("The values of a dimension, %s", (source) => {
  const values = (dimension: string, where = "") =>
    `{ salesValues(dimension: ${dimension} ${where} first: 500 source: ${source}) { value facts } }`;

  test("are those of the rows that are there, with how many these are", async () => {
    const own = await valuesOf(buyer, values("PLACED_ON"));
    const narrowed = values("PLACED_ON", `where: { customerId: { eq: ${me} } }`);
    expect(own.length).toBeGreaterThan(1);
    expect(own).toEqual(await valuesOf(gateway, narrowed));
    expect(own.length).toBeLessThan((await valuesOf(gateway, values("PLACED_ON"))).length);
  });

  test("are those of groups of enough people, where a role sees no others", async () => {
    const rows = await gateway.database.reader.query<{ city: string; people: string; facts: string }>(
      `select city, count(distinct case when status <> 'cancelled' then customer_id end) as people,
        count(case when status <> 'cancelled' then 1 end) as facts
      from sales group by city`,
    );
    const many = new Map(
      rows.filter(({ people }) => Number(people) >= 5).map(({ city, facts }) => [city, Number(facts)]),
    );
    const told = await valuesOf(analyst, values("CITY"));
    const all = await valuesOf(gateway, values("CITY"));
    expect(many.size).toBeLessThan(rows.length);
    // Of what was cancelled nobody is counted among the people, and nothing is told.
    const expected = all.flatMap((one) => {
      const facts = one.value === null ? undefined : many.get(one.value);
      return facts === undefined ? [] : [{ ...one, facts }];
    });
    expect(told).toEqual(expected);
    expect(told).not.toEqual(all.filter(({ value }) => value !== null && many.has(value)));
  });
});
