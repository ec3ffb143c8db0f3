import type { Registry } from "prom-client";
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
  const { served } = options;
  const probes = isWatched ? await openProbes(app, served) : undefined;
  app.logger.info({ models: served.length, probesAt: probes?.origin }, "the mirror follows the source");
  await runInTurns(app, options, { registry: probes?.registry, signal }).finally(() => probes?.close());
}

/**
 * Runs a loader until the signal is aborted, in turns with other loaders of the same models, and what belongs to one: its
 * counters in `registry`, the notes of what the verifier proved, and their end.
 */
export async function runInTurns(
  { loader: db, logger, config }: App,
  options: FollowOptions,
  { registry, signal }: { readonly registry: Registry | undefined; readonly signal: AbortSignal },
): Promise<void> {
  // Loaded here, as above.
  const { createLoaderMetrics } = await import("../mirror/loader-metrics.ts");
  const count = registry && createLoaderMetrics(registry, options.served);
  const noteVerification = createVerificationNotes({ db, logger });
  const endUpkeep = keepAudit({ db, keptDays: config.auditDays, logger });
  const loader = createLoader({
    ...options,
    takesTurns: true,
    onEvent: (event) => {
      count?.(event);
      noteVerification(event);
      options.onEvent?.(event);
    },
  });
  await loader.run(signal).finally(endUpkeep);
}
