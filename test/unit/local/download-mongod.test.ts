import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { downloadMongod } from "../../../src/local/download-mongod.ts";
import { findMongoDb } from "../../../src/local/find-programs.ts";
import { noProgress } from "../../../src/progress.ts";

let root: string;
let site: Server;
let port: number;
let checksum: string;
let archive: Buffer;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "vitrine-download-"));
  const folder = join(root, "mongodb-linux/bin");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "mongod"), "#!/bin/sh\necho db version v8.0.17\n");
  writeFileSync(join(folder, "mongos"), "large");
  chmodSync(join(folder, "mongod"), 0o755);
  execFileSync("tar", ["-czf", join(root, "archive.tgz"), "-C", root, "mongodb-linux"]);
  archive = readFileSync(join(root, "archive.tgz"));
  checksum = createHash("sha256").update(archive).digest("hex");
  site = createServer((request, response) => {
    if (request.url?.endsWith(".sha256")) response.end(`${checksum}  archive.tgz\n`);
    else if (request.url?.includes("debian12")) response.end(archive);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  port = (site.address() as AddressInfo).port; // it listens
});
afterEach(() => {
  site.close();
  rmSync(root, { recursive: true });
});

const cacheDir = () => join(root, "cache");
const download = (build: string | null) =>
  downloadMongod(
    { cacheDir: cacheDir() },
    { progress: noProgress },
    { site: `http://127.0.0.1:${port}`, build },
  );

describe("a downloaded mongod", () => {
  it("is found afterwards, alone", async () => {
    expect(await download("x86_64-debian12")).toBeNull();
    expect(findMongoDb({ searchPath: "", cacheDir: cacheDir() })).toMatchObject({
      kind: "mongod",
      version: "8.0.17",
    });
    expect(readdirSync(join(cacheDir(), "mongod-8.0.17/bin"))).toEqual(["mongod"]);
  });

  it("is refused when its checksum is wrong, and leaves nothing", async () => {
    checksum = "0".repeat(64);
    expect(await download("x86_64-debian12")).toMatch(/its checksum is wrong/);
    expect(readdirSync(cacheDir())).toEqual([]);
  });

  it("is given up with the reason when the site has none", async () => {
    expect(await download("x86_64-ubuntu2404")).toMatch(/it answers 404/);
    expect(await download(null)).toMatch(/no build for this system/);
    site.close();
    expect(await download("x86_64-debian12")).toMatch(/fetch failed/);
    expect(existsSync(join(cacheDir(), "mongod-8.0.17"))).toBe(false);
  });
});
