import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { copyProject } from "../../support/project-copy.ts";
import { runVitrine, vitrineEnvironment } from "../../support/run-vitrine.ts";
import { prepareShop } from "../../support/shop-operations.ts";
import { ask } from "../graphql/gateway.ts";

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "vitrine-serve-"));
  await prepareShop(database.admin);
});
afterAll(async () => {
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const run = (...args: readonly string[]) => runVitrine(database, dataDir, args);

describe("vitrine serve", () => {
  test("says where, answers without a loader, is not ready, and ends with 0 when it is told to", async () => {
    const child = spawn(process.execPath, ["bin/vitrine.mjs", "serve", "--port", "0"], {
      env: vitrineEnvironment(database, dataDir),
      stdio: ["ignore", "pipe", "ignore"],
    });
    const exited = once(child, "exit");
    try {
      // Ends with the process, should that say nothing.
      let url: string | undefined;
      for await (const line of createInterface({ input: child.stdout })) {
        url = /^GraphiQL {2}(http:\S+\/graphql)$/.exec(line)?.[1];
        break;
      }
      if (url === undefined) throw new Error("It did not say where it serves.");
      const answer = await ask(url, "{ orderDetails(id: 1) { orderId } }");
      expect(answer.data).toEqual({ orderDetails: { orderId: 1 } });
      // The mirror is kept by `vitrine mirror`, which does not run.
      expect(answer.extensions?.freshness).toMatchObject([{ source: "LIVE" }]);
      const status = async (path: string) => (await fetch(new URL(path, url))).status;
      expect([await status("/healthz"), await status("/readyz")]).toEqual([200, 503]);
    } finally {
      child.kill("SIGTERM");
    }
    expect(await exited).toEqual([0, null]);
  });

  test("refuses to start over a database that is older than the SQL files, and says the remedy", async () => {
    await database.admin.run(
      "update vitrine_migration set hash = '' where name = 'views/pos/v_customers.sql'",
    );
    expect(await run("serve", "--port", "0")).toMatchObject({
      code: 75,
      stdout: "",
      stderr: expect.stringMatching(/`vitrine migrate up` first\. \[MIGRATIONS_PENDING\]/),
    });
    expect((await run("migrate", "up")).code).toBe(0);
  });
});

describe("vitrine docs", () => {
  test("writes what is generated; `--check` names what is not current, and writes nothing", async () => {
    expect(await run("docs", "--check")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^All \d+ files are current\.\n$/),
    });
    const copy = await copyProject();
    const docs = (...args: readonly string[]) =>
      runVitrine(database, dataDir, ["docs", ...args], { VITRINE_PROJECT: copy.projectFile });
    const missing = await docs("--check");
    expect(missing).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^Not current: .*schema\.graphql.*Run `vitrine docs`\. \[GENERATED_STALE\]\n$/,
      ),
    });
    expect(existsSync(join(copy.dir, "schema.graphql"))).toBe(false);

    expect(await docs()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Wrote .*schema\.graphql/),
    });
    expect(await readFile(join(copy.dir, "schema.graphql"), "utf8")).toBe(
      await readFile("schema.graphql", "utf8"),
    );
    expect((await docs("--check")).code).toBe(0);
    const model = join("src/domains/pos/models", "order-details.ts");
    const text = await readFile(join(copy.dir, model), "utf8");
    await copy.write(model, text.replace(/int\("Order number\."/, 'int("Number of the order."'));
    const stale = await docs("--check", "--json");
    expect(stale.code).toBe(1);
    expect(JSON.parse(stale.stderr)).toMatchObject({
      error: {
        code: "GENERATED_STALE",
        details: { files: expect.arrayContaining(["schema.graphql", "docs/reference/models-pos.md"]) },
      },
    });
  });
});

test("`vitrine doctor` names everything that is not as needed, and ends with 1", async () => {
  const healthy = await run("doctor");
  expect(healthy.code, healthy.stdout).toBe(0);
  const { admin } = database;
  const name = new URL(database.mariadbUrl).pathname.slice(1);
  await admin.query(`alter database ${name} collate utf8mb4_general_ci`);
  await admin.query("drop trigger customer_after_update_capture");
  expect(healthy.stdout).toMatch(
    /touched views: customer_segments: a change of order touches every document/,
  );
  const ill = await run("doctor");
  expect(ill).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Not as needed: .*\[UNHEALTHY\]\n$/) });
  for (const problem of [
    /^PROBLEM {2}collation of the database: utf8mb4_general_ci; .*alter database/m,
    /^PROBLEM {2}SQL files: \d+ applied, 1 pending: run `vitrine migrate up`$/m,
    /^PROBLEM {2}customer_after_update_capture: /m,
  ])
    expect(ill.stdout).toMatch(problem);
  // The rest is looked at all the same.
  expect(ill.stdout).toMatch(/^ok {7}MongoDB: /m);
  expect(JSON.parse((await run("doctor", "--json")).stdout)).toMatchObject({ healthy: false });

  await admin.query(`alter database ${name} collate utf8mb4_nopad_bin`);
  expect((await run("migrate", "up")).code).toBe(0);
  expect((await run("doctor")).code).toBe(0);
});

describe("vitrine client", () => {
  test("writes what a front end needs, says with --check what is not current, and asks no server", async () => {
    const out = join(dataDir, "kit");
    // Nobody listens there.
    const nowhere = {
      MARIADB_URL: "mysql://nobody@127.0.0.1:1/none",
      MONGODB_URL: "mongodb://127.0.0.1:1/none",
    };
    const client = (...args: readonly string[]) =>
      runVitrine(database, dataDir, ["client", "--out", out, ...args], nowhere);
    const names = ["schema.graphql", "scalars.ts", "apollo.ts", "urql.ts"];
    expect(await client("--check")).toMatchObject({
      code: 1,
      stderr: `Not current: ${names.join(", ")}. Run \`vitrine client --out ${out}\`. [GENERATED_STALE]\n`,
    });
    expect(existsSync(out)).toBe(false);
    expect(await client()).toMatchObject({ code: 0, stdout: `Wrote ${names.join(", ")}.\n` });
    expect((await readdir(out)).sort()).toEqual([...names].sort());
    expect(await client("--check")).toMatchObject({ code: 0, stdout: "All 4 files are current.\n" });
    expect(await run("client")).toMatchObject({ code: 2, stderr: expect.stringContaining("--out") });
  });
});
