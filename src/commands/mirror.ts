import { type Command, Option } from "commander";
import type { App } from "../app/open-app.ts";
import { watchCapture } from "../app/watch-capture.ts";
import { createLoader, type LoaderOptions } from "../mirror/loader.ts";
import { withoutResults } from "../progress.ts";
import type { CommandContext } from "./context.ts";
import { withApp } from "./with-app.ts";

interface Options {
  readonly once?: true;
  readonly port?: string;
}

/** `vitrine mirror`: the loader alone. */
export function registerMirror(command: Command, context: CommandContext): void {
  command
    .addOption(
      new Option("--once", "stop when everything that is committed now is mirrored").conflicts("port"),
    )
    .option("--port <number>", "serve /healthz, /readyz and /metrics there, 0 takes a free one")
    .action(({ once, port }: Options) => {
      if (!once) context.outliveOutput();
      return withApp(
        context,
        (app) => (once ? mirrorOnce(context, app) : follow(context, app, port !== undefined)),
        port === undefined ? {} : { PORT: port },
      );
    });
}

function optionsOf(app: App): LoaderOptions {
  const { project, loader: db, mongo, logger, config } = app;
  const models = project.domains.flatMap((domain) => domain.models);
  return {
    ...{ db, mongo, models, logger },
    connections: config.loaderConnections,
    auditShare: config.auditShare,
    checkCapture: watchCapture(app),
  };
}

/** Somebody waits for the end of this one: it does not stand by while another loader works. */
async function mirrorOnce(context: CommandContext, app: App): Promise<void> {
  const options = optionsOf(app);
  const step = withoutResults(context.progress).start("Mirroring");
  await createLoader(options).once(context.signal);
  step.end();
  context.print(`${options.models.length} models are current.`);
  context.printJson({ models: options.models.map((model) => model.name) });
}

async function follow({ signal }: CommandContext, app: App, isWatched: boolean): Promise<void> {
  // Loaded here, so that the other commands need not wait for them.
  const { openProbes } = await import("../app/open-probes.ts");
  const { createLoaderMetrics } = await import("../mirror/loader-metrics.ts");
  const options = { ...optionsOf(app), takesTurns: true };
  const probes = isWatched ? await openProbes(app) : undefined;
  const counted = probes ? { onEvent: createLoaderMetrics(probes.registry, options.models) } : {};
  const probesAt = probes?.origin;
  app.logger.info({ models: options.models.length, probesAt }, "the mirror follows the source");
  await createLoader({ ...options, ...counted })
    .run(signal)
    .finally(() => probes?.close());
}
