import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chooseFreePort } from "../../../src/local/free-port.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = (language: string) =>
  [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, text]) =>
    name === language && text !== undefined ? [text] : [],
  );

let folder: string;
let port: number;
let running: ChildProcess;
const env = () => {
  const { MARIADB_URL: _, MONGODB_URL: __, ...others } = process.env;
  return { ...others, VITRINE_DATA_DIR: join(folder, "data") };
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vitrine readme-"));
  port = await chooseFreePort();
  running = spawn(
    process.execPath,
    [join(root, "bin/vitrine.mjs"), "up", "--end", "2026-11-01", "--port", String(port), "--json"],
    { env: env(), stdio: ["ignore", "pipe", "ignore"] },
  );
  if (!running.stdout) throw new Error("It has an output.");
  for await (const _ of createInterface({ input: running.stdout })) return;
  throw new Error("`vitrine up` ended by itself.");
}, 300_000);
afterAll(async () => {
  if (running.exitCode === null) {
    const ended = once(running, "exit");
    running.kill("SIGINT");
    await ended;
  }
  rmSync(folder, { recursive: true });
});

/** A query of the README, and the part of its answer that the text gives after it. */
const answers = [...readme.matchAll(/^```graphql\n(.*?)^```$\s+(?:```json\n(.*?)^```$|`(\{.*?\})`)/gms)].map(
  ([, query = "", whole, part]) => ({ query, part: whole ? JSON.parse(whole).data : JSON.parse(part ?? "") }),
);

/** Whether `part` is somewhere in a value. */
const holds = (value: unknown, part: unknown): boolean =>
  isDeepStrictEqual(value, part) ||
  (typeof value === "object" && value !== null && Object.values(value).some((inner) => holds(inner, part)));

test("every query of the README has the answer that stands there, and the examples it names exist", async () => {
  expect(answers.length).toBe(blocks("graphql").length);
  for (const { query, part } of answers) {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    const answer = (await response.json()) as { data: Record<string, unknown>; errors?: unknown };
    expect(answer.errors).toBeUndefined();
    expect(holds(answer.data, part), `${query}${JSON.stringify(answer.data)}`).toBe(true);
  }
  for (const [, path = ""] of readme.matchAll(/\]\((?!http)([^)#]+)\)/g))
    expect(existsSync(join(root, path)), path).toBe(true);
});

test("every command of the README that talks to the running stack succeeds", {
  timeout: 400_000,
}, async () => {
  const lines = blocks("sh").flatMap((block) => block.split("\n").filter((line) => line.startsWith("npx ")));
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) {
    // What a command writes goes into the test's folder.
    const command = line
      .replace(/^npx vitrine/, '"$NODE" bin/vitrine.mjs')
      .replace(/(--out |--to |import pos )(\w+)/, '$1"$FOLDER/$2"');
    const result = await new Promise<{ code: number | null; output: string }>((resolve) => {
      const given = { ...env(), NODE: process.execPath, FOLDER: folder };
      const child = execFile("sh", ["-c", command], { cwd: root, env: given }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, output: stdout + stderr }),
      );
    });
    expect(result, `${line}\n${result.output}`).toMatchObject({ code: 0 });
  }
});
