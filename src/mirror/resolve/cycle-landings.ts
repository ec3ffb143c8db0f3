import { queueBigChange } from "../lanes/big.ts";
import { type Cycle, landCycle, type Resolved } from "./cycle.ts";
import type { ResolverOptions } from "./resolve-loop.ts";

/** Cycles whose documents and acknowledgements are being written while the next one is read. */
const FLIGHTS = 2;

/** Cycles that were read and are being landed. */
export interface CycleLandings {
  /** Ids of their changes. */
  readonly inFlight: ReadonlySet<string>;
  /**
   * Lets a cycle start once there is room. A big change has a place of its own: while it is queued the small ones go on.
   * @throws what kept an earlier one from landing
   */
  start(cycle: Cycle): Promise<void>;
  /** Waits for all but a big change. @throws what kept one from landing */
  landed(): Promise<void>;
  /** @throws what kept one from landing */
  check(): void;
  /** Waits until nothing is under way, however it ended. */
  drain(): Promise<void>;
  /** Position of the latest cycle that left nothing in the log, and has landed with all before it; 0: none. */
  exhaustedAt(): bigint;
}

/** Lands cycles side by side, and tells of them in their order. */
export function createCycleLandings({ db, models, fast, onResolved }: ResolverOptions): CycleLandings {
  const inFlight = new Set<string>();
  const flights: Promise<void>[] = [];
  let big: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  let exhaustedAt = 0n;
  /** Everything that has started is told of. */
  let told: Promise<void> = Promise.resolve();
  const check = () => {
    if (failure) throw failure.error;
  };
  const land = async (cycle: Cycle): Promise<Resolved | undefined> => {
    try {
      const resolved = cycle.big
        ? await queueBigChange(db, models, cycle.big)
        : await landCycle(db, cycle, fast);
      for (const id of cycle.changeIds) inFlight.delete(id);
      return resolved;
    } catch (error) {
      failure ??= { error };
      return undefined;
    }
  };
  const tell = (resolved: Resolved) => {
    if (resolved.isExhausted) exhaustedAt = resolved.position;
    onResolved(resolved);
  };
  const launch = (cycle: Cycle): Promise<void> => {
    for (const id of cycle.changeIds) inFlight.add(id);
    const landing = land(cycle);
    const before = told;
    told = (async () => {
      const resolved = await landing;
      // Only then: what is said of a position is true of all before it.
      await before;
      if (resolved) tell(failure ? { ...resolved, isExhausted: false } : resolved);
    })();
    return landing.then(() => undefined);
  };
  return {
    inFlight,
    async start(cycle) {
      if (cycle.big) {
        await big;
        check();
        big = launch(cycle);
        return;
      }
      if (flights.length >= FLIGHTS) await flights.shift();
      check();
      flights.push(launch(cycle));
    },
    async landed() {
      await Promise.all(flights.splice(0));
      check();
    },
    check,
    async drain() {
      await Promise.all([...flights.splice(0), big, told]);
    },
    exhaustedAt: () => exhaustedAt,
  };
}
