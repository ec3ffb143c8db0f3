import { type Command, Option } from "commander";
import type { App } from "../app/open-app.ts";
import { watchCapture } from "../app/watch-capture.ts";
import { VitrineError } from "../errors.ts";
import { createLoader, type LoaderOptions } from "../mirror/loader.ts";
import { withoutResults } from "../progress.ts";
import { answerStatus } from "./answer-status.ts";
import type { CommandContext } from "./context.ts";
import { withApp } from "./with-app.ts";

interface Options {
  readonly once?: true;
  readonly port?: string;
  readonly domain?: readonly string[];
}

/** `vitrine mirror`: the loader alone. */
export function registerMirror(command: Command, context: CommandContext): void {
  command
    .addOption(
      new Option("--once", "stop when everything that is committed now is mirrored").conflicts("port"),
    )
    .option("--domain <name...>", "keep the models of these domains only; other loaders keep the others'")
    .option("--port <number>", "serve /healthz, /readyz and /metrics there, 0 takes a free one")
    .action(({ once, port, domain }: Options) => {
      if (!once) context.outliveOutput();
      return withApp(
        context,
        (app) => {
          const options = optionsOf(app, domain);
          return once ? mirrorOnce(context, options) : follow(context, app, options, port !== undefined);
        },
        port === undefined ? {} : { PORT: port },
      );
    });
}

type ServedOptions = LoaderOptions & Required<Pick<LoaderOptions, "served">>;

/** @throws VitrineError USAGE for a domain that the project does not have */
function optionsOf(app: App, chosen: readonly string[] | undefined): ServedOptions {
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
    auditShare: config.auditShare,
    checkCapture: watchCapture(app),
  };
}

/** Somebody waits for the end of this one: it does not stand by while another loader works. */
async function mirrorOnce(context: CommandContext, options: ServedOptions): Promise<void> {
  const step = withoutResults(context.progress).start("Mirroring");
  await createLoader(options).once(context.signal);
  step.end();
  context.print(`${options.served.length} models are current.`);
  context.printJson({ models: options.served.map((model) => model.name) });
}

async function follow(
  { signal }: CommandContext,
  app: App,
  served: ServedOptions,
  isWatched: boolean,
): Promise<void> {
  // Loaded here, so that the other commands need not wait for them.
  const { openProbes } = await import("../app/open-probes.ts");
  const { createLoaderMetrics } = await import("../mirror/loader-metrics.ts");
  const options = { ...served, takesTurns: true };
  const probes = isWatched ? await openProbes(app, options.served) : undefined;
  const counted = probes ? { onEvent: createLoaderMetrics(probes.registry, options.served) } : {};
  const probesAt = probes?.origin;
  app.logger.info({ models: options.served.length, probesAt }, "the mirror follows the source");
  const answers = await answerStatus(app);
  const loader = createLoader({ ...options, ...counted });
  await loader.run(signal).finally(() => Promise.all([answers.close(), probes?.close()]));
}
