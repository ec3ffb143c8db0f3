import { type Command, Option } from "commander";
import { type FollowOptions, followSource, toLoaderOptions } from "../app/follow-source.ts";
import { createLoader } from "../mirror/loader.ts";
import { withoutResults } from "../progress.ts";
import { requireShards } from "../stores/mongodb/shard-collection.ts";
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
    .option("--port <number>", "serve /healthz, /readyz, /servez and /metrics there, 0 takes a free one")
    .action(({ once, port, domain }: Options) => {
      if (!once) context.outliveOutput();
      return withApp(
        context,
        async (app) => {
          const options = toLoaderOptions(app, domain);
          await requireShards(app.mongo);
          if (once) return mirrorOnce(context, options);
          const answers = await answerStatus(app);
          const watch = { isWatched: port !== undefined, signal: context.signal };
          return followSource(app, options, watch).finally(answers.close);
        },
        port === undefined ? {} : { PORT: port },
      );
    });
}

/** Somebody waits for the end of this one: it does not stand by while another loader works. */
async function mirrorOnce(context: CommandContext, options: FollowOptions): Promise<void> {
  const step = withoutResults(context.progress).start("Mirroring");
  await createLoader(options).once(context.signal);
  step.end();
  context.print(`${options.served.length} models are current.`);
  context.printJson({ models: options.served.map((model) => model.name) });
}
