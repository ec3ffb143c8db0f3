import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { Config } from "../config.ts";
import type { LoadedProject } from "../load-project.ts";

/**
 * Equal keys, equal reports: of what the report of a command depends on, as long as the servers are the same. The build
 * that it runs, its project, servers and limits. Null for one that runs from the sources, which nobody knows apart.
 */
export function statusKey(config: Config, project: LoadedProject): string | null {
  const build = readBuild();
  if (build === null) return null;
  const { mariadbUrl, mariadbReaderUrl, mongodbUrl, maxStalenessMs } = config;
  const settings = JSON.stringify({ project, mariadbUrl, mariadbReaderUrl, mongodbUrl, maxStalenessMs });
  return createHash("sha256").update(build).update(settings).digest("base64url");
}

/** The stamp of the build that this module is of, which is beside it or above. */
function readBuild(): Buffer | null {
  const stamp = ["commands.json", "../commands.json"].map((name) => new URL(name, import.meta.url));
  const found = stamp.find((file) => existsSync(file));
  return found === undefined ? null : readFileSync(found);
}
