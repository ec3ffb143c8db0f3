import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { findMongoDb } from "../../../src/local/find-programs.ts";
import { chooseFreePort } from "../../../src/local/free-port.ts";
import { readGivenMongoDb } from "../../../src/local/given-servers.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { type Certificate, makeCertificate } from "../../support/make-certificate.ts";

let folder: string;
let server: ChildProcess;
let port: number;
let own: Certificate;
let strangers: Certificate;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-mongo-tls-"));
  own = makeCertificate(folder, "server", "localhost");
  strangers = makeCertificate(folder, "stranger", "localhost");
  const program = findMongoDb(readConfig(process.env));
  if (!program) throw new Error("MongoDB is there.");
  port = await chooseFreePort();
  const both = join(folder, "both.pem");
  writeFileSync(both, readFileSync(own.cert, "utf8") + readFileSync(own.key, "utf8"), { mode: 0o600 });
  writeFileSync(join(folder, "empty.toml"), "");
  const data = mkdtempSync(join(folder, "data-"));
  server = spawn(
    program.path,
    program.kind === "mongod"
      ? [
          ...["--dbpath", data, "--port", String(port), "--bind_ip", "127.0.0.1", "--nounixsocket"],
          ...["--tlsMode", "requireTLS", "--tlsCertificateKeyFile", both],
        ]
      : [
          ...["--storage-path", data, "--port", String(port), "--host", "127.0.0.1"],
          ...["--config", join(folder, "empty.toml"), "--tls-cert-file", own.cert, "--tls-key-file", own.key],
        ],
    { stdio: "ignore" },
  );
  await vi.waitFor(() => ask("localhost", own), { timeout: 60_000, interval: 100 });
});
afterAll(async () => {
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

/** What the server says to a client that calls it so and trusts that authority; null: no TLS. */
function ask(host: string, trusted: Certificate | null): Promise<unknown> {
  const tls = trusted === null ? "" : `&tls=true&tlsCAFile=${encodeURIComponent(trusted.cert)}`;
  const mongo = openMongoDb(`mongodb://${host}:${port}/shop?directConnection=true${tls}`, { poolSize: 1 });
  return mongo.db.command({ ping: 1 }).finally(() => mongo.close());
}

test("a MongoDB with a certificate is talked to over TLS only, when its authority and name are proven", async () => {
  await expect(ask("localhost", own)).resolves.toMatchObject({ ok: 1 });
  await expect(ask("localhost", null)).rejects.toThrow();
  await expect(ask("localhost", strangers)).rejects.toThrow(/certificate|self-signed/i);
  // The certificate names localhost, not the address.
  await expect(ask("127.0.0.1", own)).rejects.toThrow(/127\.0\.0\.1|altnames/i);
});

test.each(["tlsCAFile", "tlsCertificateKeyFile", "tlsCRLFile"])(
  "a file of %s that is not there is an error of the settings, named before anything is opened",
  async (name) => {
    const url = `mongodb://localhost:${port}/shop?tls=true&${name}=/nowhere.pem`;
    await expect(readGivenMongoDb(readConfig({ MONGODB_URL: url }))).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("/nowhere.pem"),
    });
  },
);
