import { VitrineError } from "../../errors.ts";
import type { FileLimits } from "../../file-settings.ts";

export interface FileTurns {
  readonly limits: FileLimits;
  /** Counts a file until what is returned is called. @throws VitrineError LIMIT_EXCEEDED when as many as allowed are sent */
  take(): () => void;
}

/** Keeps files from taking all connections and all time of a gateway: whoever comes when it is full is sent away. */
export function createFileTurns(limits: FileLimits): FileTurns {
  let taken = 0;
  return {
    limits,
    take() {
      if (taken >= limits.maxAtOnce)
        throw new VitrineError(
          "LIMIT_EXCEEDED",
          `${limits.maxAtOnce} files are being sent, which is as many as are at a time. Try again when one is done, or raise VITRINE_MAX_FILES.`,
          { details: { retryAfterSeconds: RETRY_AFTER_SECONDS } },
        );
      taken += 1;
      let isTaken = true;
      return () => {
        if (isTaken) taken -= 1;
        isTaken = false;
      };
    },
  };
}

const RETRY_AFTER_SECONDS = 10;
