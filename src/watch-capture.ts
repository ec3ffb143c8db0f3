import type { App } from "./app.ts";
import { checkCaptureTriggers, readTriggerFingerprint } from "./migrations/check-capture-triggers.ts";
import type { CheckCapture } from "./mirror/guard.ts";

/**
 * Looks for capture triggers that are gone. Cheap: only when the fingerprint of all triggers is another one
 * than at the last good look are they compared one by one. A trigger with another text is no loss: a newer
 * version of the project may have put it there. But one that was dropped and made again between two looks has
 * missed what was written in between, so any change of triggers is told once.
 */
export function watchCapture({
  admin,
  loader,
  project,
}: Pick<App, "admin" | "loader"> & { readonly project: Pick<App["project"], "domains"> }): CheckCapture {
  let good: string | null | undefined;
  return async () => {
    const fingerprint = await readTriggerFingerprint(loader);
    if (fingerprint === good) return null;
    const problems = await checkCaptureTriggers(admin, project);
    const missing = problems.filter((problem) => problem.kind === "missing");
    if (missing.length > 0) return missing.map((problem) => problem.message).join("\n");
    const isMadeAnew = good !== undefined;
    good = fingerprint;
    return isMadeAnew ? "Triggers were made anew: what was written in between may not be captured." : null;
  };
}
