import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { preview } from "vite";

const run = promisify(execFile);
const folder = resolve("examples/web");

/** What is built by the commands that its reader would type; the build is for production, whoever runs it. */
const build = (file: string, ...args: readonly string[]) =>
  run(process.execPath, [file, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });

/** The example of a front end, built anew into a folder of its own and served as `vite preview` does. */
export interface ExamplePage {
  readonly url: string;
  readonly outDir: string;
  close(): Promise<void>;
}

/** @param gateway the address that the page's `/graphql` leads to */
export async function openExamplePage(gateway: string): Promise<ExamplePage> {
  const outDir = resolve(".vitrine", `example-page-${process.pid}`);
  await mkdir(outDir, { recursive: true });
  const bin = (path: string) => join(resolve("node_modules"), path);
  await build("generate.mjs");
  await build(bin("typescript/bin/tsc"));
  await build(bin("vite/bin/vite.js"), "build", "--outDir", outDir, "--emptyOutDir");
  const server = await preview({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { outDir },
    preview: {
      host: "127.0.0.1",
      port: await freePort(),
      strictPort: true,
      proxy: { "/graphql": { target: new URL(gateway).origin, ws: true } },
    },
  });
  return {
    url: server.resolvedUrls?.local[0] ?? "",
    outDir,
    async close() {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

/** Vite takes 0 for its usual one. */
const freePort = () =>
  new Promise<number>((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
