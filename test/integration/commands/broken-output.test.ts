import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chooseFreePort } from "../../../src/local/free-port.ts";
import { findProcess } from "../../../src/local/process-table.ts";

const { MARIADB_URL: _, MONGODB_URL: __, ...env } = process.env;
let dataDir: string;
let port: number;
let up: ChildProcess | undefined;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "vitrine-pipe-"));
  port = await chooseFreePort();
});
afterAll(async () => {
  if (up?.exitCode === null && up.kill("SIGTERM")) await once(up, "exit");
  rmSync(dataDir, { recursive: true });
});

const findServers = () => findProcess((argv) => argv.some((word) => word.includes(join(dataDir, "m"))));

/** A pipeline that begins with `vitrine`, as a shell runs it: the exit codes of its parts, and what it printed. */
async function pipe(line: string): Promise<{ codes: string; stdout: string; stderr: string }> {
  const script = `vitrine() { "${process.execPath}" bin/vitrine.mjs "$@"; }; ${line}; echo "codes: \${PIPESTATUS[*]}" >&2`;
  const shell = spawn("bash", ["-c", script], { env: { ...env, VITRINE_DATA_DIR: dataDir } });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    shell[name].on("data", (chunk) => {
      texts[name] += chunk;
    });
  await once(shell, "close");
  return { ...texts, codes: /codes: (.*)\n$/.exec(texts.stderr)?.[1] ?? "" };
}

const ask = async (query: string): Promise<unknown> => {
  const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return answer.json();
};

test("`vitrine up` goes on serving when nobody reads what it prints, and stops its servers when it is told to", async () => {
  up = spawn(
    process.execPath,
    ["bin/vitrine.mjs", "up", "--scale", "0.01", "--port", String(port), "--log-level", "info"],
    { env: { ...env, VITRINE_DATA_DIR: dataDir }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = once(up, "exit");
  up.stdout?.destroy();
  up.stderr?.destroy();

  // Its words about the stack come when the mirror is complete, and find no reader.
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`)
      .then(({ ok }) => ok)
      .catch(() => false);
  await expect.poll(isReady, { timeout: 50_000 }).toBe(true);
  const query = "{ customerOrdersConnection(first: 1, source: MIRROR) { nodes { name } } }";
  for (let round = 0; round < 3; round += 1) {
    expect(await ask(query)).toMatchObject({ data: { customerOrdersConnection: { nodes: [{}] } } });
    expect((await pipe("vitrine status")).codes).toBe("0");
  }
  expect(up.exitCode).toBeNull();

  up.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(findServers()).toBeNull();
});

test("a command whose reader leaves early ends with 74, and so do the servers that it had started", async () => {
  for (const line of [
    "vitrine verify --deep | head -1",
    "vitrine verify | grep -m1 -q customer",
    "vitrine sql 'select seq from seq_1_to_100000' | head -1",
    "vitrine verify 2>&1 | head -1",
  ]) {
    const { codes, stderr } = await pipe(line);
    expect(codes, line).toBe("74 0");
    if (!line.includes("2>&1")) expect(stderr).toContain("[OUTPUT_BROKEN]");
    expect(findServers(), line).toBeNull();
  }
});

test("an answer that nobody could read is no success, one that was read to the line that matters is", async () => {
  expect((await pipe("vitrine --help | head -1")).codes).toBe("0 0");
  const { codes, stderr } = await pipe("vitrine --help > /dev/full");
  expect(codes).toBe("74");
  expect(stderr).toContain("no space left on device");
  expect((await pipe("vitrine doctor --json > /dev/full")).codes).toBe("74");
  expect((await pipe("vitrine doctor 2> /dev/full | grep -c MariaDB")).codes).toBe("0 0");
  expect(findServers()).toBeNull();
});
