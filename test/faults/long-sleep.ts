import { setTimeout as sleep } from "node:timers/promises";
import type { FaultKind } from "./fault-kind.ts";
import { strikeLoader } from "./fault-kinds.ts";
import type { Strike } from "./loader-process.ts";

/** Where a loader has something in its hands that may be out of date when it wakes. */
const moments: readonly Pick<Strike, "step" | "when">[] = [
  { step: "raise position", when: "after" },
  { step: "commit position", when: "before" },
  { step: "append to queue", when: "after" },
  { step: "release snapshot", when: "before" },
  { step: "write documents", when: "before" },
  { step: "write documents", when: "after" },
  { step: "commit documents", when: "before" },
  { step: "commit documents", when: "after" },
  { step: "delete queue rows", when: "before" },
  { step: "commit acknowledge", when: "before" },
  { step: "insert documents", when: "before" },
];

/**
 * Loaders that are frozen in the middle of a batch, each at a moment of its own, and wake together after `seconds`.
 * Terminals write for a minute, another loader follows; then all is quiet; they write again when the sleepers wake.
 */
export const longSleep = (seconds: number): FaultKind => ({
  name: `loaders stalled at ${moments.length} moments, for ${seconds} s, another at work`,
  weight: 1,
  strike: async (shop) => {
    const reached: string[] = [];
    let last: Awaited<ReturnType<typeof strikeLoader>> = null;
    for (const moment of moments) {
      const loader = await shop.startLoader();
      // The others are frozen, or gone.
      const struck = await strikeLoader(
        shop,
        { ...moment, count: 1, signal: "SIGSTOP" },
        { loader, patienceMs: 15_000 },
      );
      if (!struck) continue;
      last = struck;
      reached.push(`${moment.when} ${moment.step}`);
    }
    const sleepers = shop.loaders();
    await shop.startLoader();
    const busy = Math.min(seconds, 60);
    await sleep(busy * 1000);
    await shop.pauseWriters(() => sleep((seconds - busy) * 1000));
    for (const loader of sleepers) loader.signal("SIGCONT");
    await sleep(5000);
    return last && { what: reached.join(", "), inFlight: last.inFlight };
  },
});
