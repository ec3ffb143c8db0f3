import { setTimeout as sleep } from "node:timers/promises";

/** How a server leaves the balancers in front of it: they are told, and have time to hear it, before it takes no more. */
export interface Departure {
  isLeaving(): boolean;
  /** Tells whoever probes from now on, and settles when they have had time to hear it. */
  begin(): Promise<void>;
}

/** A departure that takes `noticeMs`; 0: at once. */
export function createDeparture(noticeMs: number): Departure {
  let begun: Promise<void> | undefined;
  return {
    isLeaving: () => begun !== undefined,
    begin() {
      begun ??= noticeMs === 0 ? Promise.resolve() : sleep(noticeMs);
      return begun;
    },
  };
}
