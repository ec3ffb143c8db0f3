import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestReport } from "./judge.ts";

export interface Servers {
  readonly mariadbUrl: string;
  readonly mongodbUrl: string;
}

/**
 * Runs the tests of these files whose names hold one of `named`, in a copy of the repository, and reads the
 * report. The run and whatever it started is killed after `limitMs`, or when the signal is aborted.
 * @throws Error with the end of the output when there is no report
 */
export async function runVitest(
  dir: string,
  tests: readonly string[],
  named: readonly string[],
  { servers, limitMs, signal }: { servers: Servers; limitMs: number; signal: AbortSignal },
): Promise<TestReport> {
  signal.throwIfAborted();
  const reportFile = join(dir, "report.json");
  await rm(reportFile, { force: true });
  const child = spawn(
    process.execPath,
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      ...tests.map((test) => `test/${test}`),
      "--reporter=json",
      `--outputFile=${reportFile}`,
      `--testNamePattern=${named.map(escapeRegExp).join("|")}`,
    ],
    {
      cwd: dir,
      // A group of its own, so that nothing it starts outlives it.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        MARIADB_URL: servers.mariadbUrl,
        MONGODB_URL: servers.mongodbUrl,
        TMPDIR: join(dir, "tmp"),
      },
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output = `${output}${chunk}`.slice(-4000);
    });
  const kill = () => {
    try {
      if (child.pid) process.kill(-child.pid, "SIGKILL");
    } catch {
      // All of it has ended.
    }
  };
  const timer = setTimeout(kill, limitMs);
  signal.addEventListener("abort", kill, { once: true });
  await new Promise((done) => child.on("close", done));
  clearTimeout(timer);
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  const text = await readFile(reportFile, "utf8").catch(() => {
    throw new Error(`vitest left no report: ${output.trim().split("\n").slice(-20).join("\n")}`);
  });
  // The report is vitest's own.
  return JSON.parse(text) as TestReport;
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
