import type { Source } from "../app/open-app.ts";
import { type RunNotes, type RunSubject, recordRun } from "../core/runs.ts";
import { VitrineError } from "../errors.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import type { CommandContext } from "./context.ts";

/**
 * Does the work of a command as a run of the run log. Who has no account that may write the log does it all the same, and
 * is warned.
 */
export function withRun<T>(
  context: Pick<CommandContext, "signal" | "logger">,
  source: Source,
  subject: RunSubject,
  work: (run: RunNotes) => Promise<T>,
): Promise<T> {
  const onMissed = warnOfMissed(context, subject);
  return recordRun(openRunLog(source, subject), subject, work, { signal: context.signal, onMissed });
}

/** Warns that a run could not be noted, or not as it ended. */
export const warnOfMissed =
  ({ logger }: Pick<CommandContext, "logger">, run: RunSubject) =>
  (err: unknown): void =>
    logger.warn({ err, run }, "the run log could not be written");

/** What a run over models is called. */
export const nameModels = (names: readonly string[]): string =>
  names.length === 0 ? "all models" : [...names].sort().join(" ");

/** As the loader, which may write the engine's tables; where that account is not named, as whoever reads. */
function openRunLog(source: Source, { kind }: RunSubject): MariaDb {
  // The first migration grants the loader its rights.
  if (kind === "migrate") return source.admin;
  try {
    return source.loader;
  } catch (error) {
    if (error instanceof VitrineError && error.code === "CONFIG_INVALID") return source.reader;
    throw error;
  }
}
