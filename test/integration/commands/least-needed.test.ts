import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runVitrine, vitrineEnvironment } from "../../support/run-vitrine.ts";
import { prepareShop } from "../../support/shop-operations.ts";
import { ask } from "../graphql/gateway.ts";

/** Each command needs the servers and the accounts that it works with, and no others. */
let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "vitrine-least-"));
  await prepareShop(database.admin);
});
afterAll(async () => {
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe("While MongoDB is down", () => {
  const away = { MONGODB_URL: "mongodb://127.0.0.1:1/shop" };
  test.each([
    ["sql", "select 7 + 35", /42/],
    ["migrate", "status", /applied/],
    ["migrate", "up", /Nothing to do/],
    ["triggers", "check", /Every file is current/],
    ["rejected", "list", /No document is rejected/],
  ])("`vitrine %s %s` works, and is not held up", async (verb, argument, said) => {
    const started = performance.now();
    const { code, stdout, stderr } = await runVitrine(database, dataDir, [verb, argument], away);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(said);
    expect(performance.now() - started).toBeLessThan(60_000);
  });

  test("`vitrine import` reads its files", async () => {
    const empty = join(dataDir, "empty");
    await mkdir(empty);
    const { stderr } = await runVitrine(database, dataDir, ["import", "pos", empty], away);
    expect(stderr).toMatch(/customers\.csv/);
  });

  test("`vitrine doctor` looks at all the rest, and says so", async () => {
    const { code, stdout } = await runVitrine(database, dataDir, ["doctor"], away);
    expect(code).toBe(1);
    expect(stdout.match(/^PROBLEM.*/gm)).toEqual([expect.stringMatching(/^PROBLEM {2}MongoDB: /)]);
    expect(stdout).toMatch(/^ok {7}triggers: /m);
  });
});

test("a command that needs MariaDB alone starts no private MongoDB, and no data folder", async () => {
  const folder = join(dataDir, "none");
  const { code } = await runVitrine(database, folder, ["migrate", "status"], { MONGODB_URL: "" });
  expect(code).toBe(0);
  expect(existsSync(folder)).toBe(false);
});

test("a project file that nobody has checked is checked before anything is opened", async () => {
  const file = join(dataDir, "project.mjs");
  await writeFile(
    file,
    `const domain = { name: "shop", description: "A shop.", models: [], captured: [{ table: "vitrine_lease" }] };
    export default { sql: ".", domains: [domain] };`,
  );
  const { code, stderr } = await runVitrine(database, dataDir, ["migrate", "up"], { VITRINE_PROJECT: file });
  expect(code).toBe(78);
  expect(stderr).toContain(
    "Domain shop's captured table vitrine_lease needs the table or view vitrine_lease, and names that begin with vitrine_ are the engine's. Give it another name",
  );
});

describe("vitrine serve", () => {
  const accounts = () => ({
    MARIADB_URL: "",
    MARIADB_READER_URL: database.urls.reader,
    MARIADB_WRITER_URL: database.urls.writer,
  });

  test("needs the accounts of reader and writer only: reads, writes, and sees what is pending", async () => {
    const env = { ...vitrineEnvironment(database, dataDir), ...accounts() };
    const child = spawn(process.execPath, ["bin/vitrine.mjs", "serve", "--port", "0"], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const url = await readAddress(child);
      expect((await ask(url, "{ orderDetails(id: 1, source: LIVE) { orderId } }")).data).toEqual({
        orderDetails: { orderId: 1 },
      });
      const sold = await ask(url, `mutation { updatePrice(productId: 1 price: "3.00") { token } }`);
      expect(sold.data).toEqual({ updatePrice: { token: expect.any(String) } });
      const users = await database.admin.query<{ user: string }>(
        "select distinct user from information_schema.processlist where db = database() and id <> connection_id()",
      );
      const served = users.map(({ user }) => user).filter((user) => user.startsWith(database.admin.database));
      expect(served.sort()).toEqual(
        [database.urls.reader, database.urls.writer].map((one) => new URL(one).username).sort(),
      );
    } finally {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    }
  });

  test("uses no account of an administrator, though one is named", async () => {
    const refused = Object.assign(new URL(database.mariadbUrl), { username: "nobody", password: "wrong" });
    const env = { ...accounts(), MARIADB_URL: refused.href, PORT: "0" };
    const child = spawn(process.execPath, ["bin/vitrine.mjs", "serve"], {
      env: { ...vitrineEnvironment(database, dataDir), ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    expect(await readAddress(child)).toMatch(/^http/);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  test("says what is missing: an account, the rights of the first migration, a procedure that the writer may not call", async () => {
    const serve = (env: Readonly<Record<string, string>>) =>
      runVitrine(database, dataDir, ["serve", "--port", "0"], { ...accounts(), ...env });
    expect(await serve({ MARIADB_WRITER_URL: "" })).toMatchObject({
      code: 78,
      stderr: expect.stringContaining("set MARIADB_WRITER_URL or MARIADB_URL"),
    });
    const { admin } = database;
    const writer = new URL(database.urls.writer).username;
    await admin.query(`revoke execute on procedure record_sale from ${admin.database}_writer_role`);
    expect(await serve({})).toMatchObject({
      code: 75,
      stderr: expect.stringMatching(/record_sale: the database has no such procedure/),
    });
    await admin.query(`grant execute on procedure record_sale to ${admin.database}_writer_role`);
    await admin.query(
      `set default role none for ${writer}; set default role none for ${writer.replace(/writer$/, "reader")}`,
    );
    expect(await serve({})).toMatchObject({
      code: 75,
      stderr: expect.stringContaining("`vitrine migrate up` first"),
    });
  });
});

async function readAddress(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("It has an output.");
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^GraphiQL {2}(http:\S+\/graphql)$/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("It did not say where it serves.");
}
