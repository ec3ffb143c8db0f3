import { afterAll, beforeAll, expect, test } from "vitest";
import { streamModel } from "../../../src/graphql/files/stream-model.ts";
import { sqlErrorOf } from "../../../src/stores/mariadb/mariadb.ts";
import everything from "../../../vitrine.config.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway({}, undefined, everything);
});
afterAll(() => gateway?.close());

const LOCK_WAIT_TIMEOUT = 1205;

/** Whether a table can be built anew at once. */
const canRebuild = (table: string) =>
  gateway.database.admin.query(`set statement lock_wait_timeout = 0 for alter table ${table} force`).then(
    () => true,
    (error: unknown) => {
      if (sqlErrorOf(error)?.errno === LOCK_WAIT_TIMEOUT) return false;
      throw error;
    },
  );

test("a file that is read live keeps the tables of its model as they are, however long it takes, and no others", async () => {
  const { options, database } = gateway;
  const model = options.exported.models.find(({ name }) => name === "customer_orders");
  if (!model) throw new Error("There are customers' orders.");
  const asked = {
    root: model.name,
    model,
    where: null,
    fields: ["name"],
    demand: { source: "LIVE", maxStalenessMs: undefined } as const,
  };
  const places = { ...options, reader: database.reader, client: "one" };
  let count = 0;
  await streamModel(places, asked, new AbortController().signal, async (documents) => {
    expect(await canRebuild("staff")).toBe(true);
    expect(await canRebuild("customer")).toBe(false);
    // Read through a view in the view.
    expect(await canRebuild("orderline")).toBe(false);
    for await (const _document of documents) count += 1;
  });
  expect(count).toBeGreaterThan(0);
  expect(await canRebuild("customer")).toBe(true);
});
