import { VitrineError } from "../errors.ts";
import type { Authenticated } from "./authenticate.ts";

/** How long somebody whose key was revoked is still told of changes. */
const LOOK_MS = 5000;
/** No timer of Node waits longer. */
const LONGEST_WAIT = 2_147_483_647;

/**
 * Watches over somebody who was let in and stays, as subscriptions do: `onEnd` is called, once, when their token ends,
 * or nobody is known by it any more.
 * @param again lets them in anew, as they came
 * @returns stops watching
 */
export function watchAuthentication(
  { principal: { role, expiresAt } }: Pick<Authenticated, "principal">,
  again: () => Promise<unknown>,
  onEnd: (reason: string) => void,
): () => void {
  if (role === null) return () => undefined;
  let isOver = false;
  let late: NodeJS.Timeout | undefined;
  const stop = () => {
    isOver = true;
    clearInterval(looks);
    clearTimeout(late);
  };
  const end = (reason: string) => {
    if (isOver) return;
    stop();
    onEnd(reason);
  };
  const wait = (at: number) => {
    const left = at - Date.now();
    if (left <= 0) end("The token has ended.");
    else late = setTimeout(wait, Math.min(left, LONGEST_WAIT), at);
  };
  const looks = setInterval(() => {
    again().catch((error: unknown) => {
      // Keys that cannot be fetched just now say nothing of who was let in by them.
      if (error instanceof VitrineError && error.details.isPassing !== true) end(error.message);
    });
  }, LOOK_MS);
  if (expiresAt !== null) wait(expiresAt);
  return stop;
}
