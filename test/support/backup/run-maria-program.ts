import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";

export interface ProgramFiles {
  /** Read as standard input. */
  readonly from?: string;
  /** Where standard output goes. */
  readonly to?: string;
}

/** Runs a program of MariaDB to its end. @throws Error with what it said */
export async function runMariaProgram(
  program: string,
  args: readonly string[],
  { from, to }: ProgramFiles = {},
): Promise<string> {
  const child = spawn(program, [...args], { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  if (from === undefined) child.stdin.end();
  else createReadStream(from).pipe(child.stdin);
  // It may end before it has read all.
  child.stdin.on("error", () => {});
  if (to !== undefined) child.stdout.pipe(createWriteStream(to));
  else
    child.stdout.on("data", (chunk) => {
      said += chunk;
    });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${said.slice(-2000)}`);
  return said;
}
