import { isDeepStrictEqual } from "node:util";
import { VitrineError } from "../errors.ts";
import type { Authenticated } from "./authenticate.ts";

/** How long somebody whose key was revoked is still told of changes. */
const LOOK_MS = 5000;
/** No timer of Node waits longer. */
const LONGEST_WAIT = 2_147_483_647;

/**
 * Watches over somebody who was let in and stays, as subscriptions do: `onEnd` is called, once, when their token ends,
 * nobody is known by it any more, or whoever is has another role or other claims than what they are answered by.
 * @param again lets them in anew, as they came
 * @returns stops watching
 */
export function watchAuthentication(
  { principal }: Pick<Authenticated, "principal">,
  again: () => Promise<Pick<Authenticated, "principal">>,
  onEnd: (reason: string) => void,
): () => void {
  const { role, expiresAt } = principal;
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
    again().then(
      (now) => {
        if (!isDeepStrictEqual(now.principal, principal))
          end("What your key or token stands for has changed: connect again.");
      },
      (error: unknown) => {
        // Keys that cannot be fetched just now say nothing of who was let in by them.
        if (error instanceof VitrineError && error.details.isPassing !== true) end(error.message);
      },
    );
  }, LOOK_MS);
  if (expiresAt !== null) wait(expiresAt);
  return stop;
}
