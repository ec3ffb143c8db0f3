// Plain JavaScript without dependencies: it runs on a bare checkout, before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { isCurrent, parts, root } from "./built.mjs";

/** Installs what this machine lacks and says each step in one line. Ends the process when it cannot. */
export async function bootstrap({ browser = false, backups = false, cluster = false } = {}) {
  const say = (line) => process.stderr.write(`${line}\n`);
  requireNode();
  installPackages(say);
  // The rest is TypeScript like everything else, now that it can be loaded.
  const { load } = await import("./load-cli.mjs");
  const [{ installServers, installBrowser, installGalera }, { readConfig }, { showProgress }] =
    await Promise.all(["local/install-programs", "config", "commands/show-progress"].map(load));
  const options = { env: process.env, progress: showProgress(process.stderr), say };
  try {
    const config = readConfig(process.env);
    await installServers(config, options);
    if (browser) await installBrowser(config, options);
    if (backups) await (await load("local/backup-programs")).installBackupPrograms(config, options);
    if (cluster) await installGalera(config, options);
    buildParts(say);
  } catch (error) {
    say(error.exitCode === undefined ? error.stack : error.message);
    process.exit(error.exitCode ?? 70);
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(`Node ${process.versions.node} is too old. Install Node 20.19 or newer.\n`);
  process.exit(69);
}

function installPackages(say) {
  if (arePackagesCurrent()) return say("npm packages: current");
  say("npm packages: installing those of package-lock.json …");
  const npm = spawnSync("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"], {
    cwd: root,
    encoding: "utf8",
  });
  if (npm.status === 0) return say("npm packages: installed");
  say(`npm packages could not be installed (npm ci).\n${npm.stdout ?? ""}${npm.stderr ?? npm.error}`);
  process.exit(69);
}

/** In a process of its own, whose memory is free again afterwards. */
function buildParts(say) {
  const stale = Object.values(parts).filter((part) => !isCurrent(part));
  const titles = stale.map(({ title }) => title).join(" and ");
  if (stale.length === 0) return say("Built files: current");
  say(`Built files: building ${titles} …`);
  const { status } = spawnSync(process.execPath, ["bin/build.mjs"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status === 0) return say("Built files: built");
  say(`Built files: ${titles} could not be built (npm run build).`);
  process.exit(70);
}

/** npm notes what it installed in a lock file of its own: the last thing it writes. */
function arePackagesCurrent() {
  const installed = readLock("node_modules/.package-lock.json");
  if (!installed) return false;
  return Object.entries(readLock("package-lock.json") ?? {}).every(
    ([path, { version, optional }]) => path === "" || optional || installed[path]?.version === version,
  );
}

function readLock(file) {
  const path = root + file;
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : null;
}
