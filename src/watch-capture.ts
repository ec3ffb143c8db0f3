import type { App } from "./app.ts";
import {
  checkCaptureTriggers,
  noteFingerprint,
  readKnownFingerprint,
  readTriggerFingerprint,
} from "./migrations/check-capture-triggers.ts";
import type { CheckCapture } from "./mirror/guard.ts";

/** Equals no fingerprint: neither a hash nor null, which stands for no triggers at all. */
const NEVER_WHOLE = "";

/**
 * Looks for capture triggers that are gone or log nothing. Cheap: only when the fingerprint of all triggers is another one
 * than at the last good look are they compared one by one. A trigger with another text is no loss: a newer
 * version of the project may have put it there. But one that was dropped and made again between two looks has
 * missed what was written in between. The last good look is noted in the database: it may have been another
 * loader's, before this one started.
 */
export function watchCapture({
  admin,
  loader,
  project,
}: Pick<App, "admin" | "loader"> & { readonly project: Pick<App["project"], "domains"> }): CheckCapture {
  return async () => {
    const fingerprint = await readTriggerFingerprint(loader);
    const known = await readKnownFingerprint(loader);
    if (fingerprint === known) return { problem: null };
    const problems = await checkCaptureTriggers(admin, project);
    const lost = problems.filter(({ kind }) => kind === "missing" || kind === "mute");
    // Once it is back a difference must show: the rebuild that is asked for may have read too early.
    if (lost.length > 0 && known === undefined) await noteFingerprint(loader, NEVER_WHOLE);
    if (lost.length > 0) return { problem: lost.map((problem) => problem.message).join("\n") };
    const problem =
      known === undefined
        ? null
        : "Triggers were made anew: what was written in between may not be captured.";
    return { problem, settled: () => noteFingerprint(loader, fingerprint) };
  };
}
