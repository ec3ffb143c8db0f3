import { noteFingerprint, readKnownFingerprint } from "../core/capture-notes.ts";
import { checkCaptureTriggers, readTriggerFingerprint } from "../migrations/check-capture-triggers.ts";
import { isMigrating } from "../migrations/migration-lease.ts";
import { describeMissing, findMissingParts } from "../migrations/missing-parts.ts";
import { findOutdatedModels } from "../migrations/outdated-models.ts";
import { readCapturedDomains } from "../migrations/read-captured.ts";
import { isRoutineMissing } from "../migrations/sources.ts";
import type { CaptureReport, CheckCapture } from "../mirror/guard/guard.ts";
import type { App } from "./open-app.ts";

type Watched = Pick<App, "admin" | "loader"> & {
  readonly project: Pick<App["project"], "domains" | "sqlDir">;
};

/** Equals no fingerprint: neither a hash nor null, which stands for no triggers at all. */
const NEVER_WHOLE = "";

/**
 * Finds what changes documents without a change that any trigger logs: capture triggers that are gone or log nothing, and
 * tables, views and functions that are not those that were mirrored. What was there at the last good check is noted in
 * the database: it may have been another loader's, before this one started.
 */
export const watchCapture = (watched: Watched): CheckCapture => {
  const models = watched.project.domains.flatMap((domain) => domain.models.map(({ name }) => name));
  // Looked for at first, when tables or views are others, and as long as there is something.
  let isSearched = true;
  return () =>
    orMissingRoutine(watched, async () => {
      const capture = await compareTriggers(watched);
      const sources = await checkSources(watched);
      if (!isSearched && sources.isAltered !== true) return { ...capture, ...sources };
      const missing = await findMissingParts(watched.loader, models);
      isSearched = missing.length > 0;
      return { ...capture, ...sources, missing: missing.map(describeMissing) };
    });
};

/** Of all that watchCapture finds, what is wrong with the triggers. */
export const checkTriggers = (watched: Watched): Promise<CaptureReport> =>
  orMissingRoutine(watched, () => compareTriggers(watched));

/** A database without the engine's functions is one whose capture is lost. */
async function orMissingRoutine(
  { loader }: Watched,
  check: () => Promise<CaptureReport>,
): Promise<CaptureReport> {
  try {
    return await check();
  } catch (error) {
    if (!isRoutineMissing(error)) throw error;
    // It comes with the run that is on its way, which checks for itself.
    if (await isMigrating(loader)) return { problem: null };
    return {
      problem:
        "A function of the engine is missing, or its owner is, as after a restore from a dump: nobody can tell whether changes are captured. Run `vitrine migrate up`.",
    };
  }
}

/**
 * Cheap: only when the fingerprint of all triggers is another one than at the last good check are they compared one by
 * one. A trigger with another text is no loss: a newer version of the project may have put it there. But one that was
 * dropped and made again between two checks has missed what was written in between.
 */
async function compareTriggers({ admin, loader, project }: Watched): Promise<CaptureReport> {
  const fingerprint = await readTriggerFingerprint(loader);
  const known = await readKnownFingerprint(loader);
  if (fingerprint === known) return { problem: null };
  const domains = await readCapturedDomains(project);
  const problems = await checkCaptureTriggers(admin, { domains });
  const lost = problems.filter(({ kind }) => kind === "missing" || kind === "mute");
  // Once it is back a difference must show: the rebuild that is asked for may have read too early.
  if (lost.length > 0 && known === undefined) await noteFingerprint(loader, NEVER_WHOLE);
  if (lost.length > 0) return { problem: lost.map((problem) => problem.message).join("\n") };
  const problem =
    known === undefined ? null : "Triggers were made anew: what was written in between may not be captured.";
  return { problem, acknowledge: () => noteFingerprint(loader, fingerprint) };
}

/**
 * Which models are not what their tables, views and functions say now. While somebody migrates, views are being
 * replaced one by one, and by which of them a model is outdated is for that run to tell; a table that says something
 * else is not waited with.
 */
async function checkSources({
  loader,
}: Watched): Promise<Pick<CaptureReport, "outdated"> & { readonly isAltered?: boolean }> {
  let look = await findOutdatedModels(loader);
  // Again: a migration that ended in between has noted what it did.
  if (look && look.changed.length > 0)
    look = await findOutdatedModels(loader, { tablesOnly: await isMigrating(loader) });
  if (!look) return {};
  const { models, told } = look;
  const became =
    told.length > 0
      ? `Without a write that could be logged, ${told.join(", ")} became another one`
      : "Nobody noted from which tables and views the mirror was made";
  const reason = `${became}: ${models.join(", ")} are mirrored anew.`;
  const outdated = { models, reason, note: (to: Parameters<typeof look.note>[0]) => look.note(to) };
  return { outdated, isAltered: look.changed.length > 0 };
}
