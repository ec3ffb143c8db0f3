import type { RollUpModel } from "../models/roll-up.ts";

/** How many documents a roll-up has, as far as that is known; never waits. */
export type SizeOf = (rollUp: RollUpModel) => number | undefined;

const KEPT_MS = 60_000;

/**
 * Counts in the background, each roll-up at most once a minute, when it is asked for: a question is never late for it. What
 * cannot be counted keeps its last size. `clock` (monotonic, milliseconds) is for tests.
 */
export function createRollUpSizes(
  count: (rollUp: RollUpModel) => Promise<number>,
  clock: () => number = () => performance.now(),
): SizeOf {
  const sizes = new Map<string, { readonly askedAt: number; readonly size: number | undefined }>();
  return (rollUp) => {
    const last = sizes.get(rollUp.name);
    if (last && clock() - last.askedAt < KEPT_MS) return last.size;
    const askedAt = clock();
    sizes.set(rollUp.name, { askedAt, size: last?.size });
    count(rollUp).then(
      (size) => sizes.set(rollUp.name, { askedAt, size }),
      () => undefined,
    );
    return last?.size;
  };
}
