import { VitrineError } from "../../errors.ts";
import type { FileLimits } from "../../file-settings.ts";

export interface FileTurns {
  readonly limits: FileLimits;
  /**
   * Counts a file of a client until what is returned is called.
   * @throws VitrineError LIMIT_EXCEEDED when as many as allowed are sent, or all but one to this client
   */
  take(client: string): () => void;
}

/** Keeps files from taking all connections and all time of a gateway: whoever comes when it is full is sent away. */
export function createFileTurns(limits: FileLimits): FileTurns {
  const { maxAtOnce } = limits;
  /** The last one is for somebody else. */
  const maxOfOne = Math.max(maxAtOnce - 1, 1);
  const sent: string[] = [];
  const refuse = (what: string, most: number) => {
    throw new VitrineError(
      "LIMIT_EXCEEDED",
      `${most} files are being sent${what}, which is as many as are at a time. Try again when one is done, or raise VITRINE_MAX_FILES.`,
      { details: { retryAfterSeconds: RETRY_AFTER_SECONDS } },
    );
  };
  return {
    limits,
    take(client) {
      if (sent.length >= maxAtOnce) refuse("", maxAtOnce);
      if (sent.filter((one) => one === client).length >= maxOfOne) refuse(" to one client", maxOfOne);
      sent.push(client);
      let isTaken = true;
      return () => {
        if (isTaken) sent.splice(sent.indexOf(client), 1);
        isTaken = false;
      };
    },
  };
}

const RETRY_AFTER_SECONDS = 10;
