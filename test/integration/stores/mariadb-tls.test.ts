import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { findMariaDb } from "../../../src/local/find-programs.ts";
import { readGivenMariaDb, readGivenMongoDb } from "../../../src/local/given-servers.ts";
import { describeMariaDb, toMariaDbUrl } from "../../../src/local/private-mariadb.ts";
import { ensureServer, type PrivateServer, stopServer } from "../../../src/local/private-server.ts";
import { runMariaDbClient } from "../../../src/local/run-mariadb-client.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { makeCertificate } from "../../support/make-certificate.ts";

let folder: string;
let server: PrivateServer | undefined;
/** The server by name, for a certificate that names it. */
let url: string;
const certificate = (name: string) => join(folder, `${name}.pem`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-tls-"));
  makeCertificate(folder, "server", "localhost");
  makeCertificate(folder, "stranger", "localhost");
  makeCertificate(folder, "elsewhere", "elsewhere.shop.example");
  makeCertificate(folder, "client", "gateway.shop.example");
  for (const kind of ["pem", "key"])
    copyFileSync(join(folder, `server.${kind}`), join(folder, `shown.${kind}`));
  const config = readConfig(process.env);
  const program = findMariaDb(config);
  if (!program) throw new Error("MariaDB is there.");
  const spec = describeMariaDb(folder, program, config.searchPath);
  server = await ensureServer({
    ...spec,
    toArguments: (port) => [
      ...spec.toArguments(port),
      `--ssl-cert=${certificate("shown")}`,
      `--ssl-key=${join(folder, "shown.key")}`,
      `--ssl-ca=${certificate("client")}`,
    ],
  });
  url = toMariaDbUrl(folder, "vitrine_admin", server.port).replace("127.0.0.1", "localhost");
  const admin = openMariaDb(url);
  await admin.run("create user careful@'127.0.0.1' identified by 'x' require ssl");
  await admin.run("grant all on vitrine.* to careful@'127.0.0.1'");
  await admin.run("create user known@'127.0.0.1' identified by 'x' require x509");
  await admin.run("grant all on vitrine.* to known@'127.0.0.1'");
  await admin.close();
});
afterAll(async () => {
  if (server) await stopServer(server);
  rmSync(folder, { recursive: true, force: true });
});

/** Has the server show another of our certificates; what comes back has it show its own again. */
async function showCertificate(name: string): Promise<() => Promise<void>> {
  const show = async (from: string) => {
    for (const kind of ["pem", "key"])
      copyFileSync(join(folder, `${from}.${kind}`), join(folder, `shown.${kind}`));
    const admin = openMariaDb(url, { size: 1 });
    await admin.run("flush ssl");
    await admin.close();
  };
  await show(name);
  return () => show("server");
}

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

  test("says by ssl-mode how much is proven, in capitals too", async () => {
    const [known, stranger] = ["server", "stranger"].map((name) => `&ssl-ca=${certificate(name)}`);
    const address = url.replace("localhost", "127.0.0.1");
    const refused = { code: "CONFIG_INVALID", message: expect.stringContaining("certificate") };
    expect(await cipherBy("?ssl-mode=disabled")).toBe("");
    expect(await cipherBy("?ssl-mode=REQUIRED")).toMatch(/^TLS/);
    await expect(cipherBy("?ssl-mode=verify_ca")).rejects.toMatchObject(refused);
    expect(await cipherBy(`?ssl-mode=verify_ca${known}`, address)).toMatch(/^TLS/);
    await expect(cipherBy(`?ssl-mode=verify_ca${stranger}`)).rejects.toMatchObject(refused);
    expect(await cipherBy(`?ssl-mode=VERIFY_IDENTITY${known}`)).toMatch(/^TLS/);
    await expect(cipherBy(`?ssl-mode=verify_identity${stranger}`)).rejects.toMatchObject(refused);
  });

  test("finds a server of another name out, unless the authority is enough", async () => {
    const elsewhere = `&ssl-ca=${certificate("elsewhere")}`;
    const restore = await showCertificate("elsewhere");
    onTestFinished(restore);
    expect(await cipherBy(`?ssl-mode=verify_ca${elsewhere}`)).toMatch(/^TLS/);
    const refused = { code: "CONFIG_INVALID", message: expect.stringContaining("certificate") };
    for (const strict of ["ssl-mode=verify_identity", "ssl=true"])
      await expect(cipherBy(`?${strict}${elsewhere}`)).rejects.toMatchObject(refused);
  });

  test("has a certificate of its own for an account that must show one", async () => {
    const account = url.replace(/\/\/[^@]*@/, "//known:x@");
    const own = `&ssl-cert=${certificate("client")}&ssl-key=${join(folder, "client.key")}`;
    await expect(cipherBy(`?ssl-ca=${certificate("server")}`, account)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
    expect(await cipherBy(`?ssl-ca=${certificate("server")}${own}`, account)).toMatch(/^TLS/);
  });

  test("means the same to `vitrine sql`, which runs the server's own client", async () => {
    const said: string[] = [];
    const output = {
      passOn: (data: Uint8Array) => said.push(Buffer.from(data).toString()),
      signal: new AbortController().signal,
    };
    const ask = (query: string, base = url) =>
      runMariaDbClient(
        readConfig(process.env),
        `${base}${query}`,
        "show session status like 'Ssl_cipher'",
        output,
      );
    const own = `&ssl-cert=${certificate("client")}&ssl-key=${join(folder, "client.key")}`;
    await ask(
      `?ssl-mode=verify_identity&ssl-ca=${certificate("server")}${own}`,
      url.replace(/\/\/[^@]*@/, "//known:x@"),
    );
    expect(said.join("")).toMatch(/Ssl_cipher *\| TLS/);
    for (const mode of ["verify_ca", "verify_identity"])
      await expect(ask(`?ssl-mode=${mode}&ssl-ca=${certificate("stranger")}`)).rejects.toMatchObject({
        code: "USAGE",
      });
  });

  test("lets in an account that must be encrypted", async () => {
    const careful = url.replace(/\/\/[^@]*@/, "//careful:x@");
    await expect(cipherBy("", careful)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(await cipherBy(`?ssl-ca=${certificate("server")}`, careful)).toMatch(/^TLS/);
  });

  test("goes to no server whose certificate nobody vouches for", async () => {
    const refused = { code: "CONFIG_INVALID", message: expect.stringContaining("certificate") };
    await expect(cipherBy("?ssl=true")).rejects.toMatchObject(refused);
    await expect(cipherBy(`?ssl-ca=${certificate("stranger")}`)).rejects.toMatchObject(refused);
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
    "?ssl-mode=PREFERRED",
    "?ssl-mode=required&ssl=true",
    "?ssl-mode=required&ssl-ca=/nowhere.pem",
    "?ssl-mode=disabled&ssl-ca=/nowhere.pem",
    "?ssl-mode=disabled&ssl-mode=verify_ca",
    "?ssl=true&ssl-cert=/nowhere.pem",
    "?ssl=true&ssl-ca=/dev/null",
    "?ssl=true&tls=1",
    "?ssl=yes",
    "?ssl=false&ssl-verify=true",
    "?ssl-ca=/nowhere.pem",
  ])("is refused with what nobody would heed: %s, and the parameter is named", async (query) => {
    const name = /(?:sslmode|ssl-mode|tls|ssl-verify|ssl-ca|ssl-cert|ssl)/;
    const refused = { code: "CONFIG_INVALID", message: expect.stringMatching(name) };
    expect(() => openMariaDb(`${url}${query}`)).toThrow(expect.objectContaining(refused));
    // Of whichever account, and before anything is started.
    const config = readConfig({ MARIADB_URL: url, MARIADB_READER_URL: `${url}${query}` });
    await expect(readGivenMariaDb(config)).rejects.toMatchObject(refused);
  });
});

test("A URL that wants a name proven and gives none is refused", () => {
  for (const base of [
    "mariadb://a:b@127.0.0.1/shop?",
    "mariadb://a:b@[::1]/shop?",
    "mariadb://a:b@shop/shop?socketPath=/s&",
  ])
    expect(() => openMariaDb(`${base}ssl-mode=verify_identity`)).toThrow(/name the host, or say verify_ca/);
});

test("A URL of MongoDB with an option that the driver does not know is refused, and the option is named", async () => {
  const config = readConfig({ MONGODB_URL: "mongodb://127.0.0.1:1/vitrine?sslmode=require" });
  await expect(readGivenMongoDb(config)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("sslmode"),
  });
});
