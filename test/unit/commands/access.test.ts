import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { runVerb } from "./run-verb.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "vitrine-access-"));
  return () => rm(dir, { recursive: true });
});

const run = (...args: readonly string[]) => runVerb(join(dir, "data"), args);

test("vitrine access prints all roles beside each other, one in full, and refuses one that there is not", async () => {
  const stdout = await run("access");
  expect(stdout).toMatch(/^domain +what +customer +support +analyst +admin\n/);
  expect(stdout).toMatch(/^pos +record_sale\(\) +call, customerId fixed +– +– +call$/m);
  const customer = await run("access", "customer");
  expect(customer).toContain("rows where customerId = claim customer_id");
  expect(customer).not.toContain("support");
  await expect(run("access", "owner")).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: "There is no role owner. There are: customer, support, analyst, admin.",
  });
});

test("vitrine access --json says the same to machines", async () => {
  const { roles } = JSON.parse(await run("access", "analyst", "--json"));
  expect(roles).toMatchObject([
    { role: "analyst", domains: [{ domain: "pos", personal: "hidden" }, {}, {}, {}] },
  ]);
});

test("vitrine client --role writes what this role may see, and nothing else", async () => {
  const out = join(dir, "kit");
  await run("client", "--out", out, "--role", "customer");
  const schema = await readFile(join(out, "schema.graphql"), "utf8");
  expect(schema).toContain("type Order ");
  expect(schema).not.toMatch(/OrderDetails|StateSales|\bstock: Int/);
  expect(await readFile(join(out, "apollo.ts"), "utf8")).not.toContain("OrderDetails");
  expect(await run("client", "--out", out, "--role", "customer", "--check")).toContain("are current");
  await expect(run("client", "--out", out, "--check")).rejects.toMatchObject({ code: "GENERATED_STALE" });
  await expect(run("client", "--out", out, "--role", "owner")).rejects.toMatchObject({ code: "BAD_INPUT" });
});
