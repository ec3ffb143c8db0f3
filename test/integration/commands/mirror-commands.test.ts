import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readChangeTables } from "../../../src/core/change-tables.ts";
import { ageChanges } from "../../support/changes.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runVitrine } from "../../support/run-vitrine.ts";
import { prepareShop } from "../../support/shop-operations.ts";

/** The commands that keep, prove and mend the mirror, as a person runs them: no loader runs beside. */
let database: TestDatabase;
let dataDir: string;
let models: readonly string[];
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "vitrine-commands-"));
  models = database.project.domains.flatMap((domain) => domain.models.map((model) => model.name));
  await prepareShop(database.admin);
});
afterAll(async () => {
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const run = (...args: readonly string[]) => runVitrine(database, dataDir, args);
const mirrorOnce = async () => {
  const done = await run("mirror", "--once");
  expect(done).toMatchObject({ code: 0, stdout: `${models.length} models are current.\n` });
};
const collection = (name: string) => database.mongo.db.collection<{ _id: number }>(name);
const edit = (name: string, id: number, set: object) =>
  collection(name).updateOne({ _id: id }, { $set: set });
const status = async () => {
  const { code, stdout, stderr } = await run("status", "--json");
  return { code, stderr, ...(JSON.parse(stdout) as { healthy: boolean; problems: readonly string[] }) };
};

test("`mirror --once` mirrors everything that is committed; before that `status` is not healthy", async () => {
  const before = await run("status");
  expect(before).toMatchObject({ code: 1, stderr: expect.stringMatching(/not healthy.*\[UNHEALTHY\]/) });
  for (const model of models)
    expect(before.stdout).toContain(`Problem   The mirror of ${model} is not complete: is a loader running?`);
  expect(await run("verify", "order_details")).toMatchObject({
    code: 1,
    stdout: "order_details: not mirrored yet\n",
    stderr: expect.stringContaining("Not mirrored yet, so not verified: order_details. [UNHEALTHY]"),
  });

  await mirrorOnce();
  expect(await collection("order_details").countDocuments()).toBe(4);
  const after = await run("status");
  expect(after).toMatchObject({ code: 0, stderr: "" });
  expect(after.stdout).toMatch(/^ {2}order_details +4 documents, lag 0 ms$/m);
  expect(after.stdout).not.toContain("Problem");
});

test("`verify` goes on behind a model that cannot be compared, and says why it cannot", async () => {
  await database.admin.query("rename table order_details to put_away");
  try {
    const done = await run("verify", "order_details", "customer_orders");
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(/^order_details: cannot be compared: .*order_details.*doesn't exist/m);
    expect(done.stdout).toMatch(/^customer_orders: 4 documents compared, 0 defects$/m);
    expect(done.stderr).toContain("Could not be compared: order_details. [UNHEALTHY]");
    const json = JSON.parse((await run("verify", "order_details", "customer_orders", "--json")).stdout);
    expect(json).toMatchObject([
      { model: "order_details", fault: expect.stringContaining("order_details"), isComplete: false },
      { model: "customer_orders", fault: null, checked: 4 },
    ]);
  } finally {
    await database.admin.query("rename table put_away to order_details");
  }
});

test("`verify` ends with 1 and shows how a document differs; `--repair` has it written again", async () => {
  await edit("customer_orders", 1, { name: "Eve" });
  await collection("order_details").deleteOne({ _id: 2 });
  // Its hash is as it was: only contents tell.
  expect(await run("verify", "customer_orders")).toMatchObject({
    code: 0,
    stdout: "customer_orders: 4 documents compared, 0 defects\n",
  });

  const found = await run("verify", "--deep", "customer_orders", "order_details");
  expect(found).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("2 documents of the mirror are wrong, proven. [DEFECT_FOUND]"),
  });
  const lines = found.stdout.split("\n");
  expect(lines[0]).toBe("customer_orders: 4 documents compared, 1 defects");
  expect(lines[1]).toMatch(/^ {2}customer_orders 1: differs \(version \d+\)$/);
  const name = lines.indexOf("    name");
  expect(lines.slice(name, name + 3)).toEqual([
    "    name",
    expect.stringMatching(/^ {4}- live {3}"Ada /),
    '    + mirror "Eve"',
  ]);
  expect(found.stdout).toMatch(/^ {2}order_details 2: missing/m);

  const repaired = await run("verify", "--deep", "--repair", "--json", "customer_orders", "order_details");
  expect(repaired.code).toBe(1);
  expect(JSON.parse(repaired.stdout)).toMatchObject([
    { model: "customer_orders", checked: 4, defects: [{ id: "1", kind: "differs" }] },
    { model: "order_details", defects: [{ id: "2", kind: "missing" }] },
  ]);
  expect(JSON.parse(repaired.stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({
    error: { code: "DEFECT_FOUND" },
  });
  await mirrorOnce();
  const clean = await run("verify", "--deep");
  expect(clean.code, clean.stdout).toBe(0);
  for (const model of models)
    expect(clean.stdout).toMatch(new RegExp(`^${model}: \\d+ documents compared, 0 defects$`, "m"));
});

test("`rebuild` loads the models again that it is given, or all of them", async () => {
  const spoil = async () => {
    await edit("customer_orders", 1, { name: "Eve" });
    await edit("product_buyers", 1, { name: "Eve" });
  };
  const names = async () => {
    const [customer, product] = await Promise.all(
      ["customer_orders", "product_buyers"].map((name) => collection(name).findOne({ _id: 1 })),
    );
    return [customer, product].map((one) => (one as { name?: string } | null)?.name);
  };
  const right = await names();
  await spoil();
  const one = await run("rebuild", "customer_orders");
  expect(one).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^4 documents of customer_orders in \d+\.\d s\.\n$/),
  });
  expect(await names()).toEqual([right[0], "Eve"]);

  const all = await run("rebuild", "--json");
  expect(all.code, all.stderr).toBe(0);
  expect(JSON.parse(all.stdout)).toMatchObject({ models });
  expect(await names()).toEqual(right);
  expect(await run("rebuild", "buyers")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/no model buyers\. There are: .*customer_orders.*\[UNKNOWN_MODEL\]/),
  });
});

test("`rejected list` says which document could not be mirrored and why, `rejected retry` asks for it again", async () => {
  expect(await run("rejected", "list")).toMatchObject({ code: 0, stdout: "No document is rejected.\n" });
  const view = await readFile(resolve(database.sqlDir, "views/pos/product_buyers.sql"), "utf8");
  await database.admin.query(view.replace("    product.name,", "    nullif(product.name, 'Bad') as name,"));
  await database.admin.run("update product set name = 'Bad' where product_id = 2");
  await mirrorOnce();

  const listed = /^product_buyers 2: .*name.* \(\d+ times, last \d{4}-.*Z\)\n$/;
  expect(await run("rejected", "list")).toMatchObject({ code: 0, stdout: expect.stringMatching(listed) });
  expect(await run("rejected", "list", "order_details")).toMatchObject({
    stdout: "No document is rejected.\n",
  });
  expect(await status()).toMatchObject({
    code: 1,
    problems: expect.arrayContaining([
      // The view is not what its file says.
      "1 SQL files are not applied: run `vitrine migrate up`.",
      "1 documents of product_buyers could not be mirrored: see `vitrine rejected list`.",
    ]),
  });

  expect(await run("migrate", "up")).toMatchObject({
    code: 0,
    stdout: "apply views/pos/product_buyers.sql\nrebuild product_buyers\n",
  });
  expect(await run("rejected", "retry")).toMatchObject({
    code: 0,
    stdout: "1 documents are asked for again.\n",
  });
  await mirrorOnce();
  expect(await run("rejected", "list", "--json")).toMatchObject({ code: 0, stdout: "[]\n" });
  expect(await collection("product_buyers").findOne({ _id: 2 })).toMatchObject({ name: "Bad" });
});

test("`status` names every problem at once: a lag, another shape, a file that is not applied", async () => {
  const { admin } = database;
  expect(await status()).toMatchObject({ code: 0, healthy: true, problems: [] });
  await admin.run("update vitrine_state set shape_hash = 'other' where model = 'sales'");
  await admin.run("update vitrine_migration set hash = '' where name = 'views/pos/v_customers.sql'");
  await admin.run("update customer set last_name = 'Late' where customer_id = 1");
  await ageChanges(admin, 60);
  const bad = await status();
  expect(bad).toMatchObject({ code: 1, healthy: false });
  // Those that show customers, and no others.
  const tables = await readChangeTables(admin);
  const late = [...(tables.find(({ source }) => source === "customer")?.views.keys() ?? [])];
  expect(late.length).toBeGreaterThan(4);
  expect(late.length).toBeLessThan(models.length);
  const lags = late.map((model) =>
    expect.stringMatching(new RegExp(`^The mirror of ${model} lags 6\\d{4} ms`)),
  );
  expect(bad.problems).toEqual(
    expect.arrayContaining([
      ...lags,
      "1 SQL files are not applied: run `vitrine migrate up`.",
      "The mirror of sales has another shape: rebuild it.",
    ]),
  );
  expect(bad.problems).toHaveLength(late.length + 2);
  expect(JSON.parse(bad.stderr)).toMatchObject({
    error: { code: "UNHEALTHY", details: { problems: bad.problems } },
  });

  // What each problem says is what mends it.
  expect((await run("migrate", "up")).code).toBe(0);
  expect((await run("rebuild", "sales")).code).toBe(0);
  await mirrorOnce();
  expect(await status()).toMatchObject({ code: 0, problems: [] });
});

test("`verify` ends with 0 only when every document is proven: else it says of how many nothing is", async () => {
  await mirrorOnce();
  const { admin } = database;
  await admin.run("update customer set last_name = 'Moving' where customer_id = 1");
  const unsettled = await run("verify", "--json", "customer_orders", "product_demand");
  expect(unsettled.code).toBe(75);
  expect(JSON.parse(unsettled.stdout)).toMatchObject([
    { model: "customer_orders", checked: 3, defects: [], unsettled: 1 },
    { model: "product_demand", defects: [], unsettled: 0 },
  ]);
  expect(JSON.parse(unsettled.stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({
    error: { code: "UNSETTLED", message: expect.stringContaining("1 documents were on their way") },
  });

  await admin.run(
    "insert into vitrine_rejected (model, document_id, reason) values ('customer_orders', '2', 'too large')",
  );
  expect(await run("verify", "customer_orders")).toMatchObject({
    code: 1,
    stdout:
      "customer_orders: 2 documents compared, 0 defects, 1 on their way at every look, 1 rejected, not compared\n",
    stderr: expect.stringMatching(/1 documents could not be mirrored.*rejected list.*\[UNHEALTHY\]/),
  });
  // The worst is told: a proven defect.
  await edit("customer_orders", 3, { _h: "spoiled" });
  expect(await run("verify", "customer_orders")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("[DEFECT_FOUND]"),
  });
});
