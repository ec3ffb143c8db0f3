import { spawn } from "node:child_process";
import { VitrineError } from "../errors.ts";

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** Every piece of output, as it comes. */
  readonly onOutput?: (text: string) => void;
}

/**
 * Runs a program to its end and returns all that it printed.
 * @throws VitrineError SETUP_FAILED with the end of its output
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(new VitrineError("SETUP_FAILED", `${program} ${args.join(" ")}: ${why}`, { cause }));
    const child = spawn(program, [...args], {
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.env ? { env: options.env } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    let output = "";
    const take = (chunk: Buffer) => {
      const text = chunk.toString("utf8");
      output += text;
      options.onOutput?.(text);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("error", (error) => fail(error.message, error));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else fail(`ended with ${code ?? signal}.\n  ${output.trimEnd().split("\n").slice(-15).join("\n  ")}`);
    });
  });
}
