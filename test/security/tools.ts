import { existsSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../src/local/run-program.ts";

/** As they were tried; Python's installer fetches what they need beside. */
const packages = {
  schemathesis: "4.32.5",
  sqlmap: "1.10.10",
  "cyclonedx-python-lib[json-validation]": "11.12.0",
};

/** Full paths of the tools' programs. */
export interface Tools {
  readonly python: string;
  readonly schemathesis: string;
  readonly sqlmap: string;
}

/**
 * The tools, in an environment of Python of their own that is made once per user and set of versions.
 * @throws VitrineError SETUP_FAILED when there is no `python3` with `venv`, or the packages cannot be had
 */
export async function installTools(
  env: Readonly<Record<string, string | undefined>>,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Tools> {
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "vitrine");
  const versions = Object.values(packages).join("-");
  const folder = join(cache, `security-tools-${versions}`);
  const program = (name: string) => join(folder, "bin", name);
  const tools = {
    python: program("python"),
    schemathesis: program("schemathesis"),
    sqlmap: program("sqlmap"),
  };
  const complete = program("complete");
  if (!existsSync(complete)) {
    say("Installing Schemathesis and sqlmap, once for this user …");
    rmSync(folder, { recursive: true, force: true });
    await runProgram("python3", ["-m", "venv", folder], { env, signal });
    const wanted = Object.entries(packages).map(([name, version]) => `${name}==${version}`);
    await runProgram(tools.python, ["-m", "pip", "install", "--quiet", ...wanted], { env, signal });
    await runProgram("touch", [complete], { env });
  }
  return tools;
}
