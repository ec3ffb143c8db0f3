import type { Alert, Condition } from "../core/alerts.ts";
import { VitrineError } from "../errors.ts";

/** A restart is no outage: so many looks in a row have to fail. */
const FAILED_LOOKS = 2;

/** What is known of the database by who asks it who keeps the alerts. */
export interface SourceWatch {
  /** Asks, and notes whether the database answered. */
  watch(hold: () => Promise<boolean>): Promise<boolean>;
  /**
   * Whether this node was the one that tells when the database was heard of last: while it is away nobody else can become
   * that. Undefined: it was not heard of yet.
   */
  isHolder(): boolean | undefined;
  /** That the database is away, once two looks have failed. `raised`: alerts that go on. */
  judge(raised: readonly Alert[]): readonly Condition[];
}

export function createSourceWatch(): SourceWatch {
  let isHolder: boolean | undefined;
  let failures = 0;
  let reason = "";
  return {
    async watch(hold) {
      try {
        isHolder = await hold();
        failures = 0;
        return isHolder;
      } catch (error) {
        // A statement that is refused was answered.
        const isAway = error instanceof VitrineError && error.code === "SOURCE_UNAVAILABLE";
        failures = isAway ? failures + 1 : 0;
        reason = isAway ? error.message : "";
        throw error;
      }
    },
    isHolder: () => isHolder,
    judge(raised) {
      if (failures === 0 || (raised.length === 0 && failures < FAILED_LOOKS)) return [];
      return [
        {
          kind: "source",
          subject: "MariaDB",
          message: `MariaDB is away: ${reason} The mirror answers meanwhile, and grows old; what is sold is not seen.`,
        },
      ];
    },
  };
}
