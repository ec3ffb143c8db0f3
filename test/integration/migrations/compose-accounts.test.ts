import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { findMariaDb } from "../../../src/local/find-programs.ts";
import { describeMariaDb, toMariaDbUrl } from "../../../src/local/private-mariadb.ts";
import { ensureServer, type PrivateServer, stopServer } from "../../../src/local/private-server.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { loadRepositoryProject } from "../../support/database.ts";

const root = new URL("../../../", import.meta.url).pathname;
let folder: string;
let secrets: string;
let server: PrivateServer | undefined;
const accounts = ["admin", "loader", "reader", "writer"] as const;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-compose-"));
  secrets = join(folder, "secrets");
  execFileSync(process.execPath, [join(root, "deploy/compose/make-secrets.mjs"), secrets]);
  const config = readConfig(process.env);
  const program = findMariaDb(config);
  if (!program) throw new Error("MariaDB is there.");
  server = await ensureServer(describeMariaDb(folder, program, config.searchPath));
  // As the image of the server does: an empty database, and the file run by who may do all.
  const first = openMariaDb(toMariaDbUrl(folder, "vitrine_admin", server.port).replace(/vitrine$/, "mysql"), {
    multipleStatements: true,
  });
  await first.run("drop user vitrine_loader, vitrine_reader, vitrine_writer");
  await first.run(
    "drop role vitrine_loader_role, vitrine_reader_role, vitrine_writer_role, vitrine_analyst_role",
  );
  const script = readFileSync(join(secrets, "accounts.sql"), "utf8").replace(
    /create user vitrine_admin@'%' identified by '([^']*)';\n/,
    "create user vitrine_admin@'127.0.0.1' identified by '$1';\n",
  );
  await first.query(script.replaceAll("vitrine_admin@'%'", "vitrine_admin@'127.0.0.1'"));
  await first.close();
  // Where compose has a name of its network.
  for (const name of accounts) {
    const file = join(secrets, `mariadb_${name}_url`);
    writeFileSync(file, readFileSync(file, "utf8").replace("@mariadb:3306/", `@127.0.0.1:${server.port}/`));
  }
});
afterAll(async () => {
  if (server) await stopServer(server);
  rmSync(folder, { recursive: true, force: true });
});

test("secrets are drawn at random into a folder of their owner, and never again", () => {
  expect(statSync(secrets).mode & 0o777).toBe(0o700);
  const other = join(folder, "other");
  execFileSync(process.execPath, [join(root, "deploy/compose/make-secrets.mjs"), other]);
  for (const name of [
    "mariadb_root_password",
    "mongodb_root_password",
    "mongodb_url",
    "mongodb_key",
    "accounts.sql",
  ])
    expect(readFileSync(join(other, name), "utf8")).not.toBe(readFileSync(join(secrets, name), "utf8"));
  expect(() =>
    execFileSync(process.execPath, [join(root, "deploy/compose/make-secrets.mjs"), other], {
      stdio: "ignore",
    }),
  ).toThrow();
});

test("the accounts of docker-compose.yml migrate, and each may do what its role is for and no more", async () => {
  const config = readConfig(
    Object.fromEntries(
      accounts.map((name) => [
        name === "admin" ? "MARIADB_URL_FILE" : `MARIADB_${name.toUpperCase()}_URL_FILE`,
        join(secrets, `mariadb_${name}_url`),
      ]),
    ),
  );
  const urls = {
    admin: config.mariadbUrl ?? "",
    loader: config.mariadbLoaderUrl ?? "",
    reader: config.mariadbReaderUrl ?? "",
    writer: config.mariadbWriterUrl ?? "",
  };
  const project = await loadRepositoryProject();
  const admin = openMariaDb(urls.admin, { size: 2, multipleStatements: true });
  await migrateUp({ admin, sqlDir: join(root, project.sql), domains: project.domains });
  await expect(admin.query("create database elsewhere")).rejects.toThrow();
  await admin.close();
  const may = async (url: string, sql: string): Promise<boolean> => {
    const db = openMariaDb(url, { size: 1 });
    try {
      await db.query(sql);
      return true;
    } catch {
      return false;
    } finally {
      await db.close();
    }
  };
  const sqls = [
    "select count(*) from customer",
    "delete from vitrine_pending",
    "update customer set last_name = 'x'",
    "drop table customer",
  ];
  const rights = {
    loader: [true, true, false, false],
    reader: [true, false, false, false],
    writer: [true, false, false, false],
  };
  for (const [name, expected] of Object.entries(rights)) {
    const answers: boolean[] = [];
    for (const sql of sqls) answers.push(await may(urls[name as keyof typeof rights], sql));
    expect([name, ...answers]).toEqual([name, ...expected]);
  }
});
