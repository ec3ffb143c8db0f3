import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { findMariaDb } from "../../../src/local/find-programs.ts";
import { readGivenMariaDb, readGivenMongoDb } from "../../../src/local/given-servers.ts";
import { describeMariaDb, toMariaDbUrl } from "../../../src/local/private-mariadb.ts";
import { ensureServer, type PrivateServer, stopServer } from "../../../src/local/private-server.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";

let folder: string;
let server: PrivateServer | undefined;
/** The server by name, for a certificate that names it. */
let url: string;
const certificate = (name: string) => join(folder, `${name}.pem`);

/** A certificate that signs itself. */
const makeCertificate = (name: string, host: string) =>
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${host}`],
      ...[
        "-addext",
        `subjectAltName=DNS:${host}`,
        "-keyout",
        join(folder, `${name}.key`),
        "-out",
        certificate(name),
      ],
    ],
    { stdio: "ignore" },
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-tls-"));
  makeCertificate("server", "localhost");
  makeCertificate("stranger", "localhost");
  const config = readConfig(process.env);
  const program = findMariaDb(config);
  if (!program) throw new Error("MariaDB is there.");
  const spec = describeMariaDb(folder, program, config.searchPath);
  server = await ensureServer({
    ...spec,
    toArguments: (port) => [
      ...spec.toArguments(port),
      `--ssl-cert=${certificate("server")}`,
      `--ssl-key=${join(folder, "server.key")}`,
    ],
  });
  url = toMariaDbUrl(folder, "vitrine_admin", server.port).replace("127.0.0.1", "localhost");
  const admin = openMariaDb(url);
  await admin.run("create user careful@'127.0.0.1' identified by 'x' require ssl");
  await admin.run("grant all on vitrine.* to careful@'127.0.0.1'");
  await admin.close();
});
afterAll(async () => {
  if (server) await stopServer(server);
  rmSync(folder, { recursive: true, force: true });
});

/** The cipher of a connection by this URL; empty when it is not encrypted. */
async function cipherBy(query: string, base = url): Promise<string> {
  const db = openMariaDb(`${base}${query}`, { size: 1 });
  onTestFinished(() => db.close());
  const [row] = await db.query<{ Value: string }>("show session status like 'Ssl_cipher'");
  return row?.Value ?? "";
}

describe("A URL of MariaDB", () => {
  test("encrypts when it says so, and not otherwise", async () => {
    expect(await cipherBy("")).toBe("");
    expect(await cipherBy("?ssl=false")).toBe("");
    expect(await cipherBy(`?ssl-ca=${certificate("server")}`)).toMatch(/^TLS/);
    expect(await cipherBy(`?ssl=true&ssl-ca=${certificate("server")}`)).toMatch(/^TLS/);
    expect(await cipherBy("?ssl=true&ssl-verify=false")).toMatch(/^TLS/);
  });

  test("lets in an account that must be encrypted", async () => {
    const careful = url.replace(/\/\/[^@]*@/, "//careful:x@");
    await expect(cipherBy("", careful)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(await cipherBy(`?ssl-ca=${certificate("server")}`, careful)).toMatch(/^TLS/);
  });

  test("goes to no server whose certificate nobody vouches for, or that has another name", async () => {
    const refused = { code: "CONFIG_INVALID", message: expect.stringContaining("certificate") };
    await expect(cipherBy("?ssl=true")).rejects.toMatchObject(refused);
    await expect(cipherBy(`?ssl-ca=${certificate("stranger")}`)).rejects.toMatchObject(refused);
    const elsewhere = url.replace("localhost", "localhost.localdomain");
    await expect(cipherBy(`?ssl-ca=${certificate("server")}`, elsewhere)).rejects.toMatchObject({
      code: expect.stringMatching(/^(CONFIG_INVALID|SOURCE_UNAVAILABLE)$/),
    });
  });

  test("serves a pool whose statements, kills and losses are those of a plain one", async () => {
    const db = openMariaDb(`${url}?ssl-ca=${certificate("server")}`, { size: 2, silentMs: 200 });
    onTestFinished(() => db.close());
    await db.run("create or replace table t (n int primary key)");
    await db.transaction((connection) => connection.run("insert into t values (1), (2)"));
    expect(await db.query("select sleep(1) as slept, count(*) as n from t")).toEqual([{ slept: 0, n: "2" }]);
    await db.withConnection(async (connection) => {
      const slow = connection.query("select sleep(30) as slept").catch((error: unknown) => error);
      await expect
        .poll(
          async () =>
            (
              await db.query(
                "select 1 from information_schema.processlist where info like 'select sleep(30)%'",
              )
            ).length,
        )
        .toBe(1);
      await db.killQuery(connection);
      expect(await slow).toMatchObject({ errno: 1317 });
    });
    await expect(
      db.withConnection((connection) => connection.run(`kill ${connection.raw.threadId}`)),
    ).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    expect(await db.query("select n from t where n = 1")).toEqual([{ n: 1 }]);
  });

  test.each([
    "?sslmode=require",
    "?ssl-mode=REQUIRED",
    "?ssl=true&tls=1",
    "?ssl=yes",
    "?ssl=false&ssl-verify=true",
    "?ssl-ca=/nowhere.pem",
  ])("is refused with what nobody would heed: %s, and the parameter is named", async (query) => {
    const name = /(?:sslmode|ssl-mode|tls|ssl-verify|ssl-ca|ssl)/;
    const refused = { code: "CONFIG_INVALID", message: expect.stringMatching(name) };
    expect(() => openMariaDb(`${url}${query}`)).toThrow(expect.objectContaining(refused));
    // Of whichever account, and before anything is started.
    const config = readConfig({ MARIADB_URL: url, MARIADB_READER_URL: `${url}${query}` });
    await expect(readGivenMariaDb(config)).rejects.toMatchObject(refused);
  });
});

test("A URL of MongoDB with an option that the driver does not know is refused, and the option is named", async () => {
  const config = readConfig({ MONGODB_URL: "mongodb://127.0.0.1:1/vitrine?sslmode=require" });
  await expect(readGivenMongoDb(config)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("sslmode"),
  });
});
