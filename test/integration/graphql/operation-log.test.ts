import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type ServerOptions } from "../../../src/graphql/server.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

async function serve(changes: Partial<ServerOptions>) {
  const server = await createServer({ ...gateway.options, metrics: createMetrics(), ...changes });
  onTestFinished(() => server.close());
  return server;
}

describe("The log", () => {
  const lines = (operation: string, msg: string) =>
    gateway.log.filter((line) => line.operation === operation && line.msg === msg);

  test("tells of each operation what it cost, how many rows it read and how long each store took", async () => {
    await gateway.ask(
      "query Both { a: customerOrdersConnection(first: 7 source: LIVE) { nodes { name } } b: customerOrders(id: 1 source: MIRROR) { name } }",
    );
    await expect.poll(() => lines("Both", "answered")).toHaveLength(1);
    const [line] = lines("Both", "answered");
    // 1 for each page, node list and document, 7 names.
    expect(line).toMatchObject({
      cost: expect.any(Number),
      rows: 8,
      storeMs: { live: expect.any(Number), mirror: expect.any(Number) },
    });
    const { live = 0, mirror = 0 } = Object(line?.storeMs);
    expect(Math.max(live, mirror)).toBeLessThanOrEqual(Number(line?.ms));
    expect(lines("Both", "slow query")).toEqual([]);
  });

  test("tells at level warn of an operation that took longer than allowed, in words without its values", async () => {
    const { live, mirror } = gateway.options.stores;
    const late: typeof live.count = async (...given) => {
      await gateway.database.reader.query("select sleep(0.3)");
      return live.count(...given);
    };
    const stores = { mirror, live: { ...live, count: late } };
    const impatient = await serve({ slowQueryMs: 250, stores });
    const patient = await serve({ slowQueryMs: 600_000, stores });
    const query =
      'query Late($n: Int = 3) { customerOrdersConnection(source: LIVE first: $n where: { state: { in: ["CA", "TX"] } }) { totalCount } }';
    await ask(impatient.url, query);
    await ask(patient.url, query.replace("Late", "Patient"));
    await expect.poll(() => lines("Patient", "answered")).toHaveLength(1);
    await expect.poll(() => lines("Late", "slow query")).toHaveLength(1);
    const [line] = lines("Late", "slow query");
    expect(line).toMatchObject({
      level: "warn",
      cost: expect.any(Number),
      storeMs: { live: expect.any(Number) },
    });
    expect(line?.query).toBe(
      "query Late($n: Int = _) { customerOrdersConnection(source: LIVE, first: $n, where: {state: {in: _}}) { totalCount } }",
    );
    expect(Object(line?.storeMs).live).toBeGreaterThan(250);
    expect(lines("Patient", "slow query")).toEqual([]);
  });
});
