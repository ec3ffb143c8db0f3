import { setTimeout as sleep } from "node:timers/promises";

/** Long enough for a machine that is busy with other things. */
const PATIENCE_MS = 300_000;

/**
 * Until it is so; a server that cannot be asked yet is asked again.
 * @param what the end of a sentence: `every model is mirrored` @throws when it is not so after five minutes
 */
export async function waitUntil(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const started = performance.now();
  while (!(await Promise.resolve(isSo()).catch(() => false))) {
    if (performance.now() - started > PATIENCE_MS)
      throw new Error(`After ${PATIENCE_MS / 1000} s it is not yet so that ${what}.`);
    await sleep(25);
  }
}
