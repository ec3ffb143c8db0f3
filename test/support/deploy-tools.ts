import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** As they were tried. They bring the schemas of Compose, of GitHub's workflows and of Kubernetes with them. */
const packages = { "check-jsonschema": "0.39.0", "kubernetes-validate": "1.37.0" };

/** What a program said and how it ended. */
export interface ToolResult {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end. */
export function runTool(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): ToolResult {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...env },
  });
  return { code: status, output: error ? String(error) : `${stdout}${stderr}` };
}

/** Whether a program is on this machine. */
export const hasTool = (program: string, ...version: readonly string[]): boolean =>
  runTool(program, version).code === 0;

/** Runs a module of the packages of Python above. */
export type RunModule = (module: string, ...args: readonly string[]) => ToolResult;

/**
 * The packages, in a folder that is made once per user and set of versions; a sentence when this machine cannot have them. Several may
 * make it at once: each makes its own, and the first one that is whole stays.
 */
export function installModules(): RunModule | string {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "vitrine");
  const folder = join(cache, `deploy-tools-${Object.values(packages).join("-")}`);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const made = mkdtempSync(join(cache, "deploy-tools-"));
    const wanted = Object.entries(packages).map(([name, version]) => `${name}==${version}`);
    const pip = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--target",
      made,
      ...wanted,
    ];
    const { code, output } = runTool("python3", pip);
    if (code === 0 && !existsSync(folder)) renameSync(made, folder);
    rmSync(made, { recursive: true, force: true });
    if (code !== 0) return `Python cannot install ${wanted.join(" and ")}: ${output.trim().slice(-300)}`;
  }
  const env = { PYTHONPATH: folder, PYTHONWARNINGS: "ignore" };
  return (module, ...args) => runTool("python3", ["-m", module, ...args], env);
}
