import { spawn } from "node:child_process";

export interface ToolRun {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs a tool for so long at most, whatever it ends with; then it is ended, and with it its signal's wish. */
export function runTool(
  program: string,
  args: readonly string[],
  options: {
    readonly seconds: number;
    readonly signal: AbortSignal;
    readonly cwd: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd: options.cwd,
      stdio: ["ignore", "pipe", "pipe"],
      signal: options.signal,
      timeout: options.seconds * 1000,
      env: { PATH: process.env.PATH, HOME: options.cwd, LC_ALL: "C.UTF-8", ...options.env },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString("utf8");
      });
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, output }));
  });
}
