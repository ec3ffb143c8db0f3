import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Principal } from "../../../src/access/principal.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type ServerOptions } from "../../../src/graphql/server.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";
import { roads } from "./roads.ts";
import { openEverything } from "./role-of-everything.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

async function serve(changes: Partial<ServerOptions>) {
  const openRole = openEverything(gateway.options);
  const server = await createServer({ ...gateway.options, metrics: createMetrics(), openRole, ...changes });
  onTestFinished(() => server.close());
  return server;
}

const lines = (operation: string, msg: string) =>
  gateway.log.filter((line) => line.operation === operation && line.msg === msg);

describe("The log", () => {
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

describe("Each operation over any road", () => {
  const clerk: Principal = {
    name: "ann@shop.example",
    role: "admin",
    claims: { secret: "s3cret" },
    expiresAt: null,
  };
  const personal = "Ines.Anderson@example.com";

  test.each(Object.entries(roads))(
    "is one line that tells who asked what, and no value: %s",
    async (name, send) => {
      const { url } = await serve({ identify: async () => clerk });
      const operation = `Noted${name.replaceAll(" ", "")}`;
      const query = `query ${operation}($name: String) { customerOrdersConnection(first: 2, source: MIRROR, where: { state: { eq: $name } }) { nodes { name } } }`;
      const document = createHash("sha256").update(query).digest("hex");
      await send(url, { query, variables: { name: personal } });
      const told = () => gateway.log.filter((line) => line.document === document);
      await expect.poll(told).toHaveLength(1);
      expect(told()).toMatchObject([
        {
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          ...{ principal: "ann@shop.example", role: "admin" },
          // Of a file the rows are counted, whatever they cost.
          ...(name !== "a file" && { cost: expect.any(Number) }),
          ...{ operation, codes: [], rows: expect.any(Number), ms: expect.any(Number) },
          storeMs: { mirror: expect.any(Number) },
        },
      ]);
      expect(JSON.stringify(gateway.log)).not.toMatch(/Ines\.Anderson|s3cret/);
    },
  );

  test.each(
    Object.entries(roads).flatMap(([name, send]) =>
      ["{ {", "{ nope }"].map((text) => [text, name, send] as const),
    ),
  )(
    "is one line with the error that is answered, and the text's hash, of what cannot be: %s by %s",
    async (text, name, send) => {
      const { url } = await serve({ identify: async () => clerk });
      // Another text by each road: what is known of one is no help to the next.
      const query = `${text} # ${name}`;
      const document = createHash("sha256").update(query).digest("hex");
      for (const time of [1, 2]) {
        const { errors } = await send(url, { query });
        expect(errors).toMatchObject([{ extensions: { code: "QUERY_INVALID" } }]);
        const told = () => gateway.log.filter((line) => line.document === document);
        await expect.poll(told).toHaveLength(time);
        expect(told().at(-1)).toMatchObject({ principal: "ann@shop.example", codes: ["QUERY_INVALID"] });
      }
    },
  );

  test.each(["a post", "an event stream", "a file"])(
    "tells of a hash that names no text: %s",
    async (name) => {
      const { url } = await serve({ identify: async () => clerk });
      const told = () =>
        gateway.log.filter(({ codes }) => String(codes) === "PERSISTED_QUERY_NOT_FOUND").length;
      const before = told();
      await roads[name]?.(url, { documentId: `sha256:${"0".repeat(64)}` });
      await expect.poll(told).toBe(before + 1);
    },
  );

  test("is told too when it is refused: by its text, its values or what it asks for", async () => {
    const { url } = await serve({ identify: async () => clerk });
    for (const [query, code] of [
      [`query Wrong { nothing(email: "${personal}") }`, "QUERY_INVALID"],
      [`query Broken { customerOrders(id: "${personal}" }`, "QUERY_INVALID"],
      [`query Odd { customerOrders(id: "${personal}") { name } }`, "BAD_INPUT"],
    ] as const) {
      const document = createHash("sha256").update(query).digest("hex");
      // The second time what is known of its text is remembered.
      for (const times of [1, 2]) {
        await ask(url, query);
        const told = () => gateway.log.filter((line) => line.document === document);
        await expect.poll(told).toHaveLength(times);
        for (const line of told())
          expect(line).toMatchObject({ principal: clerk.name, role: "admin", codes: [code] });
      }
    }
    expect(JSON.stringify(gateway.log)).not.toContain(personal);
  });

  test("is a line without a principal where nobody is asked who they are", async () => {
    await gateway.ask("query Nobody { __typename }");
    await expect.poll(() => lines("Nobody", "answered")).toHaveLength(1);
    for (const key of ["principal", "role"]) expect(lines("Nobody", "answered")[0]).not.toHaveProperty(key);
  });

  test("and each export is told with who asked", async () => {
    const { url } = await serve({ identify: async () => clerk });
    await (await fetch(new URL("/export/customer_orders.csv?fields=name", url))).text();
    await expect.poll(() => lines("export customer_orders", "answered")).toHaveLength(1);
    expect(lines("export customer_orders", "answered")).toMatchObject([
      { principal: clerk.name, role: "admin" },
    ]);
  });
});
