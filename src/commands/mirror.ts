import type { Command } from "commander";
import { createLoader } from "../mirror/loader.ts";
import { watchCapture } from "../watch-capture.ts";
import type { CommandContext } from "./context.ts";
import { withApp } from "./with-app.ts";

/** `vitrine mirror`: the loader alone. */
export function registerMirror(program: Command, context: CommandContext): void {
  program
    .command("mirror")
    .description("keep the mirror: follow every change until Ctrl-C")
    .option("--once", "stop when everything that is committed now is mirrored")
    .action(({ once = false }: { once?: boolean }) =>
      withApp(context, async (app) => {
        const { project, loader: db, mongo, logger, config } = app;
        const models = project.domains.flatMap((domain) => domain.models);
        const { auditShare } = config;
        const loader = createLoader({
          db,
          mongo,
          models,
          logger,
          auditShare,
          checkCapture: watchCapture(app),
        });
        if (!once) {
          logger.info({ models: models.length }, "the mirror follows the source");
          return loader.run(context.signal);
        }
        const step = context.progress.start("Mirroring");
        await loader.once(context.signal);
        step.end(`${models.length} models are current`);
        context.print(`${models.length} models are current.`);
        context.printJson({ models: models.map((model) => model.name) });
      }),
    );
}
