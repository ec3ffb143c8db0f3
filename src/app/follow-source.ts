import { VitrineError } from "../errors.ts";
import { createLoader, type LoaderOptions } from "../mirror/loader.ts";
import { keepAudit } from "./keep-audit.ts";
import { createVerificationNotes } from "./note-verifications.ts";
import type { App } from "./open-app.ts";
import { watchCapture } from "./watch-capture.ts";

/** What a loader is made of that serves some models. */
export type FollowOptions = LoaderOptions & Required<Pick<LoaderOptions, "served">>;

/**
 * Options of a loader that serves the models of these domains; without names, of all.
 * @throws VitrineError USAGE for a domain that the project does not have
 */
export function toLoaderOptions(app: App, chosen: readonly string[] | undefined): FollowOptions {
  const { project, loader: db, mongo, logger, config } = app;
  const names = project.domains.map(({ name }) => name);
  const unknown = (chosen ?? []).filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new VitrineError(
      "USAGE",
      `There is no domain ${unknown.join(", ")}. The project has: ${names.join(", ")}.`,
    );
  const served = project.domains.filter(({ name }) => chosen?.includes(name) ?? true);
  return {
    ...{ db, mongo, logger },
    models: project.domains.flatMap((domain) => domain.models),
    served: served.flatMap((domain) => domain.models),
    connections: config.loaderConnections,
    verifyShare: config.verifyShare,
    checkCapture: watchCapture(app),
  };
}

/** Follows the source until the signal is aborted, in turns with other loaders of the same models. */
export async function followSource(
  app: App,
  options: FollowOptions,
  { isWatched, signal }: { readonly isWatched: boolean; readonly signal: AbortSignal },
): Promise<void> {
  // Loaded here, so that who is not watched need not wait for them.
  const { openProbes } = await import("./open-probes.ts");
  const { createLoaderMetrics } = await import("../mirror/loader-metrics.ts");
  const { served } = options;
  const probes = isWatched ? await openProbes(app, served) : undefined;
  const count = probes && createLoaderMetrics(probes.registry, served);
  const noteVerification = createVerificationNotes({ db: app.loader, logger: app.logger });
  const endUpkeep = keepAudit({ db: app.loader, keptDays: app.config.auditDays, logger: app.logger });
  app.logger.info({ models: served.length, probesAt: probes?.origin }, "the mirror follows the source");
  await createLoader({
    ...options,
    takesTurns: true,
    onEvent: (event) => {
      count?.(event);
      noteVerification(event);
    },
  })
    .run(signal)
    .finally(() => Promise.all([endUpkeep(), probes?.close()]));
}
