import { spawn } from "node:child_process";
import type { TestDatabase } from "./database.ts";

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Databases = Pick<TestDatabase, "mariadbUrl" | "mongodbUrl">;

/** The environment of a command on the databases of a test. */
export const vitrineEnvironment = ({ mariadbUrl, mongodbUrl }: Databases, dataDir: string) => ({
  ...process.env,
  MARIADB_URL: mariadbUrl,
  MARIADB_LOADER_URL: "",
  MARIADB_READER_URL: "",
  MARIADB_WRITER_URL: "",
  MONGODB_URL: mongodbUrl,
  VITRINE_DATA_DIR: dataDir,
});

/** Runs `vitrine …` as a person does, in a process of its own, on the databases of a test. */
export function runVitrine(
  databases: Databases,
  dataDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, ["bin/vitrine.mjs", ...args], {
    env: { ...vitrineEnvironment(databases, dataDir), ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((done) => child.on("close", (code) => done({ code, stdout, stderr })));
}
