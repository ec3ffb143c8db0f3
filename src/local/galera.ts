import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { makeFolder } from "../make-folder.ts";
import { findOnPath, type ProgramPlaces } from "./find-programs.ts";
import { findAptPrefix, installPackages } from "./install-package.ts";
import type { InstallOptions } from "./install-programs.ts";
import { runProgram } from "./run-program.ts";

/** What MariaDB needs to be a node of a cluster. */
export interface Galera {
  /** The provider, for `wsrep_provider`. */
  readonly library: string;
  /** Folders for a node's PATH: its programs that copy a whole node, and rsync. */
  readonly searchPath: string;
}

const libraries = [
  "/usr/lib/galera/libgalera_smm.so",
  "/usr/lib/galera-4/libgalera_smm.so",
  "/usr/lib64/galera-4/libgalera_smm.so",
];
const transfer = "wsrep_sst_rsync";
const scriptsOf = (cacheDir: string): string => join(cacheDir, "galera-scripts");

/** Galera as this machine has it; null without the library, rsync, or the programs of a state transfer. */
export function findGalera({ searchPath, cacheDir }: ProgramPlaces): Galera | null {
  const library = libraries.find((file) => existsSync(file));
  const rsync = findOnPath("rsync", searchPath);
  const script = findOnPath(transfer, [searchPath, join(scriptsOf(cacheDir), "usr", "bin")].join(delimiter));
  if (library === undefined || rsync === null || script === null) return null;
  return { library, searchPath: [dirname(script), dirname(rsync)].join(delimiter) };
}

/**
 * Installs what tests of clusters need: `galera-4` and `rsync`, and into the cache the programs of a state transfer. Those
 * lie in `mariadb-server`, which itself would start a service. Says why it could not; tests of clusters are not run then.
 */
export async function installGalera(
  config: ProgramPlaces,
  { env, progress, say }: InstallOptions,
): Promise<void> {
  const found = findGalera(config);
  if (found) return say(`Galera: ${found.library}`);
  const prefix = await findAptPrefix(env);
  const without = (why: string) =>
    say(`Galera: not installed, so tests of clusters are not run here (${why}).`);
  if (!prefix)
    return without("it takes apt-get and its rights: apt-get install galera-4 rsync mariadb-server");
  const step = progress.start("Installing Galera");
  try {
    await installPackages(["galera-4", "rsync", "lsof"], prefix, env);
    if (findOnPath(transfer, config.searchPath) === null) await unpackScripts(config.cacheDir, env);
  } catch (error) {
    return without(error instanceof Error ? error.message : String(error));
  } finally {
    step.end();
  }
  const installed = findGalera(config);
  if (!installed) return without("its packages have not what they had in Debian 12");
  say(`Galera: installed (${installed.library})`);
}

async function unpackScripts(cacheDir: string, env: InstallOptions["env"]): Promise<void> {
  makeFolder(cacheDir);
  const half = mkdtempSync(join(cacheDir, "galera-"));
  try {
    await runProgram("sh", ["-c", 'cd "$1" && apt-get download mariadb-server', "sh", half], { env });
    const archive = readdirSync(half).find((name) => name.endsWith(".deb")) ?? "";
    await runProgram("dpkg-deb", ["-x", join(half, archive), join(half, "unpacked")], { env });
    rmSync(scriptsOf(cacheDir), { recursive: true, force: true });
    renameSync(join(half, "unpacked"), scriptsOf(cacheDir));
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}
