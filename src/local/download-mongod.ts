import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Config } from "../config.ts";
import { makeFolder } from "../make-folder.ts";
import type { InstallOptions } from "./install-programs.ts";

const release = "8.0.17";
const site = "https://fastdl.mongodb.org/linux";
/** A machine without the ordinary internet finds out quickly. */
const ANSWER_MS = 5_000;

/**
 * Downloads a real `mongod` into the user's cache when its makers' site answers within five seconds and
 * has a build for this system. Returns why it could not; null when it could.
 */
export async function downloadMongod(
  config: Pick<Config, "cacheDir">,
  { progress, signal }: Pick<InstallOptions, "progress" | "signal">,
  from: { readonly site: string; readonly build: string | null } = { site, build: readBuild() },
): Promise<string | null> {
  if (from.build === null) return "mongod is not downloaded: there is no build for this system";
  const url = `${from.site}/mongodb-linux-${from.build}-${release}.tgz`;
  const target = join(config.cacheDir, `mongod-${release}`);
  const half = `${target}.${process.pid}`;
  try {
    const expected = (await fetchSoon(`${url}.sha256`).then((response) => response.text())).split(/\s/)[0];
    const response = await fetchSoon(url);
    const total = Number(response.headers.get("content-length")) || undefined;
    const step = progress.start(`Downloading mongod ${release}`, total);
    try {
      makeFolder(half);
      const hash = createHash("sha256");
      let done = 0;
      await unpack(half, Readable.fromWeb(response.body as never), signal, (chunk) => {
        hash.update(chunk);
        done += chunk.length;
        step.update(done);
      });
      if (hash.digest("hex") !== expected) throw new Error("its checksum is wrong");
      rmSync(target, { recursive: true, force: true });
      renameSync(half, target);
    } finally {
      step.end();
    }
    return null;
  } catch (error) {
    return `mongod is not downloaded: ${from.site}: ${error instanceof Error ? error.message : error}`;
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

async function fetchSoon(url: string): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error("no answer within 5 seconds")), ANSWER_MS);
  try {
    const response = await fetch(url, { signal: late.signal });
    if (!response.ok || !response.body) throw new Error(`it answers ${response.status}`);
    return response;
  } finally {
    clearTimeout(timer); // the body may take longer than the answer
  }
}

/** Only the server: the archive's other programs are larger than it. */
async function unpack(
  folder: string,
  archive: Readable,
  signal: AbortSignal | undefined,
  onChunk: (chunk: Buffer) => void,
): Promise<void> {
  const args = ["-xz", "-C", folder, "--strip-components=1", "--wildcards", "*/bin/mongod"];
  const tar = spawn("tar", args, { stdio: ["pipe", "ignore", "ignore"] });
  const ended = new Promise<void>((resolve, reject) => {
    tar.once("error", reject);
    tar.once("close", (code) => (code === 0 ? resolve() : reject(new Error("the archive cannot be read"))));
  });
  archive.on("data", onChunk);
  await Promise.all([ended, pipeline(archive, tar.stdin, signal ? { signal } : {})]);
}

/** `x86_64-debian12`; null where no build is known. */
function readBuild(): string | null {
  const file = "/etc/os-release";
  return existsSync(file) ? toBuild(readFileSync(file, "utf8"), process.arch) : null;
}

/** The name of the build for a system, from its os-release file and Node's name of the processor. */
export function toBuild(osRelease: string, arch: string): string | null {
  const read = (key: string) => new RegExp(`^${key}="?([^"\n]*)`, "m").exec(osRelease)?.[1] ?? "";
  const version = Number.parseFloat(read("VERSION_ID"));
  const processor = { x64: "x86_64", arm64: "aarch64" }[arch];
  if (!processor) return null;
  if (read("ID") === "ubuntu" && version >= 22.04)
    return `${processor}-${version >= 24.04 ? "ubuntu2404" : "ubuntu2204"}`;
  // There is no build of Debian for ARM.
  return read("ID") === "debian" && version >= 12 && processor === "x86_64" ? `${processor}-debian12` : null;
}
