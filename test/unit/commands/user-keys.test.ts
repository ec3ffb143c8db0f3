import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { createKeyReader } from "../../../src/access/keys.ts";
import { runVerb } from "./run-verb.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-user-"));
  return () => rm(folder, { recursive: true });
});

const run = (...args: readonly string[]) => runVerb(folder, args, { VITRINE_TOKEN: "a.b-c" });

const add = (name: string, ...more: readonly string[]) =>
  run("user", "add", name, "--role", "customer", "--key", ...more);

test("a key is made without a database, told once, listed without what it is, and revoked", async () => {
  const claims = [
    "--claim",
    "customer_id=7",
    "--claim",
    "price=10.10",
    "--claim",
    "big=12345678901234567890",
  ];
  const told = JSON.parse(
    await add("ann", ...claims, "--claim", "list=[1,2]", "--days", "90", "--json"),
  ) as Record<string, string>;
  const read = createKeyReader(join(folder, "keys.json"));
  const principal = await read(told.key ?? "");
  expect(principal).toMatchObject({
    ...{ name: "ann", role: "customer" },
    claims: { customer_id: 7, price: "10.10", big: "12345678901234567890", list: [1, 2] },
  });
  expect((principal.expiresAt ?? 0) - Date.now()).toBeGreaterThan(89 * 86_400_000);
  const list = await run("user", "list", "--keys");
  expect(list).toMatch(/^ann {2}customer {2}customer_id=7 {2}.* key {2}until 2/);
  const { keys } = JSON.parse(await run("user", "list", "--keys", "--json")) as { keys: unknown[] };
  expect(keys).toEqual([expect.objectContaining({ name: "ann", role: "customer" })]);
  for (const text of [list, JSON.stringify(keys)]) expect(text).not.toMatch(/vitrine_|sha256/);
  expect(await run("user", "revoke", "ann")).toBe("The key of ann is revoked.\n");
  expect(await run("user", "list", "--keys")).toMatch(/^Nobody\./);
  await expect(run("user", "revoke", "ann")).rejects.toMatchObject({ code: "USAGE" });
});

test.each<readonly [string, readonly string[], RegExp]>([
  [
    "a role that the project lacks",
    ["user", "add", "ann", "--role", "root", "--key"],
    /It has customer, support/,
  ],
  ["an account that is no analyst's", ["user", "add", "ann", "--role", "customer"], /--key makes a key/],
  ["an account with claims", ["user", "add", "ann", "--role", "analyst", "--claim", "a=1"], /no claims/],
  [
    "a claim without a value",
    ["user", "add", "ann", "--role", "customer", "--key", "--claim", "a"],
    /name=value/,
  ],
  [
    "days that are none",
    ["user", "add", "ann", "--role", "customer", "--key", "--days", "soon"],
    /number of days/,
  ],
  ["a name of more lines", ["user", "add", "a\nb", "--role", "customer", "--key"], /letters, digits/],
])("%s is refused with the remedy", async (_what, args, reason) => {
  await expect(run(...args)).rejects.toMatchObject({ code: "USAGE", message: expect.stringMatching(reason) });
});

test("`vitrine query --url` says who asks", async () => {
  const heard: unknown[] = [];
  const server = createServer((request, response) => {
    heard.push(request.headers.authorization);
    response.end('{"data":{}}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  await run("query", "examples/pos/top-product.graphql", "--url", url, "--format", "json");
  expect(heard).toEqual(["Bearer a.b-c"]);
  await new Promise((resolve) => server.close(resolve));
});
