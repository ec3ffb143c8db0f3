import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIdentify } from "../../../src/access/identify.ts";
import { addKey, createKeyReader, revokeKey } from "../../../src/access/keys.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

/** What those who have a key get of HTTP, and those who have none. */
let gateway: TestGateway;
let folder: string;
let key: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-keys-"));
  const file = join(folder, "keys.json");
  key = await addKey(file, { name: "ann", role: "reader", claims: { customer_id: 7 }, expires: null });
  const roles = new Set(["reader"]);
  gateway = await openTestGateway({
    identify: createIdentify(createKeyReader(file), roles),
    openRole: async () => {
      const models = gateway.database.project.domains.flatMap(({ name, models }) => (name === "calendar" ? models : []));
      const domains = gateway.database.project.domains.filter(({ name }) => name === "calendar");
      return {
        schema: createSchema({ ...gateway.database.project, domains }),
        models,
        pages: [],
        readsMetrics: false,
        tagKey: () => ["reader"],
        guard: (answering) => answering,
      };
    },
  });
});
afterAll(async () => {
  await gateway?.close();
  await rm(folder, { recursive: true });
});

test("who has a key is answered by the schema of its role", async () => {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await ask(gateway.server.url, "{ __schema { queryType { fields { name } } } }", {}, headers);
  const names = JSON.stringify(answer);
  expect(names).toContain("day");
  expect(names).not.toContain("customerOrders");
  expect((await fetch(gateway.server.url, { method: "POST" })).status).toBe(401);
});
