import { findOnPath, type ProgramPlaces } from "./find-programs.ts";
import { findAptPrefix, installPackages } from "./install-package.ts";
import type { InstallOptions } from "./install-programs.ts";

/** MariaDB's own, which copy a database and bring it back. */
const programs = ["mariadb-backup", "mariadb-dump", "mariadb-binlog"];
const packages = ["mariadb-backup", "mariadb-client"];

/** Whether this machine has the programs by which MariaDB is backed up. */
export const hasBackupPrograms = ({ searchPath }: Pick<ProgramPlaces, "searchPath">): boolean =>
  programs.every((name) => findOnPath(name, searchPath) !== null);

/** Installs what tests of backups need. Says why it could not; those tests are not run then. */
export async function installBackupPrograms(
  config: Pick<ProgramPlaces, "searchPath">,
  { env, progress, say }: InstallOptions,
): Promise<void> {
  const title = programs.join(", ");
  if (hasBackupPrograms(config)) return say(`Backups: ${title}`);
  const without = (why: string) =>
    say(`Backups: ${title} are not installed, so tests of backups are not run here (${why}).`);
  const prefix = await findAptPrefix(env);
  if (!prefix) return without(`apt-get install ${packages.join(" ")}`);
  const step = progress.start("Installing MariaDB's programs for backups");
  try {
    await installPackages(packages, prefix, env);
  } catch (error) {
    return without(error instanceof Error ? error.message : String(error));
  } finally {
    step.end();
  }
  say(`Backups: ${title}, installed`);
}
