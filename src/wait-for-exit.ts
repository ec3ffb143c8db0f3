import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** What a process has said last comes within this after its end, unless another one has its standard error open. */
const LAST_WORDS_MS = 500;

/**
 * Waits until a process has ended, and has been read: its exit code, null when a signal ended it, and the last `keep`
 * characters of its standard error, which is closed then. Processes that it leaves behind are not waited for.
 * @throws what kept it from starting
 */
export function waitForExit(
  child: ChildProcess,
  keep: number,
): Promise<{ readonly code: number | null; readonly said: string }> {
  let said = "";
  child.stderr?.on("data", (data: Buffer) => {
    said = `${said}${data}`.slice(-keep);
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.once("exit", async (code) => {
      await Promise.race([closed, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
      child.stderr?.destroy();
      resolve({ code, said });
    });
  });
}
