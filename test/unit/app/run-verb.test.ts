import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createVerbRunner } from "../../../src/app/run-verb.ts";
import { createLogger } from "../../../src/log.ts";

const logger = createLogger("silent");
const { execPath } = process;

/** A verb that is this program; `ready` is there once it runs. */
async function openVerb(program: string) {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-verb-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const ready = join(folder, "ready");
  const text = `${program}; require("node:fs").writeFileSync(${JSON.stringify(ready)}, "")`;
  const runVerb = createVerbRunner({ execPath, args: ["-e", text], logger, killAfterMs: 300 });
  return { runVerb, ready };
}

test("A verb tells its exit code, and as which process the run log knows it", async () => {
  const { runVerb } = await openVerb("process.exitCode = 65");
  const { exitCode, node } = await runVerb([], new AbortController().signal);
  expect(exitCode).toBe(65);
  expect(node.startsWith(`${hostname()}:`)).toBe(true);
  expect(node).not.toBe(`${hostname()}:${process.pid}`);
});

test("A verb that does not stop is killed", async () => {
  const { runVerb, ready } = await openVerb('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)');
  const stop = new AbortController();
  const ended = runVerb([], stop.signal);
  await expect.poll(() => existsSync(ready), { timeout: 20_000 }).toBe(true);
  stop.abort();
  expect(await ended).toMatchObject({ exitCode: 137 });
}, 30_000);

test("A verb that leaves a process behind has ended", async () => {
  const started = performance.now();
  const { runVerb } = await openVerb(
    'require("node:child_process").spawn("sleep", ["60"], { detached: true, stdio: "inherit" }).unref()',
  );
  expect(await runVerb([], new AbortController().signal)).toMatchObject({ exitCode: 0 });
  expect(performance.now() - started).toBeLessThan(30_000);
}, 40_000);
