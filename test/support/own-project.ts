import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chooseFreePort } from "../../src/local/free-port.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const deadEnds = new Set(["vitrine", ".bin", ".cache", ".vite", ".package-lock.json"]);

/** Makes the package as `npm pack` does, in a folder of its own. @returns the archive */
export function packPackage(folder: string): string {
  // Builds what is not current.
  execFileSync(process.execPath, ["bin/build.mjs"], { cwd: root, stdio: "ignore" });
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as readonly { readonly filename: string }[];
  return join(folder, packed?.filename ?? "");
}

/**
 * Puts a package where `npm install` would, and the packages that it needs as links to those of this checkout: they are
 * not downloaded again.
 */
export function installPackage(archive: string, project: string): void {
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, "vitrine"), { recursive: true });
  mkdirSync(join(modules, ".bin"), { recursive: true });
  execFileSync("tar", ["xzf", archive, "-C", join(modules, "vitrine"), "--strip-components=1"]);
  for (const name of readdirSync(join(root, "node_modules")))
    if (!deadEnds.has(name)) symlinkSync(join(root, "node_modules", name), join(modules, name));
  chmodSync(join(modules, "vitrine/bin/vitrine.mjs"), 0o755);
  symlinkSync("../vitrine/bin/vitrine.mjs", join(modules, ".bin/vitrine"));
}

/** A folder outside of this checkout in which a person works, in a shell of which each line must succeed. */
export interface OwnFolder {
  readonly dir: string;
  /** What it prints. @throws Error with what was printed, when a line of it fails */
  run(script: string): Promise<string>;
  remove(): void;
}

/** @param mariadb the address that the program `mariadb` of the shell opens, as an administrator */
export function openOwnFolder(mariadb: string, env: Readonly<Record<string, string>> = {}): OwnFolder {
  const base = mkdtempSync(join(tmpdir(), "vitrine own-"));
  const dir = join(base, "work");
  mkdirSync(dir);
  const bin = join(base, "bin");
  mkdirSync(bin);
  const { hostname, port, username, password } = new URL(mariadb);
  const client = `exec /usr/bin/env PATH='${process.env.PATH}' mariadb --host=${hostname} --port=${port} --user=${username} --password=${password} "$@"`;
  writeFileSync(join(bin, "mariadb"), `#!/bin/sh\n${client}\n`, { mode: 0o755 });
  const { MARIADB_URL: _, MONGODB_URL: __, NODE_ENV: ___, VITEST: ____, ...others } = process.env;
  return {
    dir,
    async run(script) {
      const child = spawn("sh", ["-euc", script], {
        cwd: dir,
        env: { ...others, ...env, PATH: `${bin}:${process.env.PATH}` },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk) => {
          output += chunk;
        });
      const [code] = await once(child, "close");
      if (code !== 0) throw new Error(`${script}\nended with ${code}:\n${output}`);
      return output;
    },
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

/** `vitrine up` of such a folder. */
export interface RunningUp {
  readonly url: string;
  /** As Ctrl-C does. */
  stop(): Promise<void>;
}

/** Starts it by a line of a shell that ends with the command, and waits until it serves and mirrors. */
export async function startUp(dir: string, command: string, mongodbUrl: string): Promise<RunningUp> {
  const port = await chooseFreePort();
  const child = spawn("sh", ["-c", `${command} --json --port ${port}`], {
    cwd: dir,
    env: { ...process.env, MARIADB_URL: "", MONGODB_URL: mongodbUrl, NODE_ENV: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const said = once(createInterface({ input: child.stdout }), "line");
  const isServing = await Promise.race([said.then(() => true), ended.then(() => false)]);
  if (!isServing) throw new Error("`vitrine up` ended by itself.");
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    async stop() {
      child.kill("SIGINT");
      await ended;
    },
  };
}
