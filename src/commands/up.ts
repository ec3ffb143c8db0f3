import type { Command } from "commander";
import { keepSchedules } from "../app/keep-schedules.ts";
import { loadSample } from "../app/load-sample.ts";
import { openApp } from "../app/open-app.ts";
import { runLoader } from "../app/run-loader.ts";
import { migrateUp } from "../migrations/migrate.ts";
import { answerStatus } from "./answer-status.ts";
import type { CommandContext } from "./context.ts";
import { reportStatus } from "./report-status.ts";
import { runMigration } from "./run-migration.ts";
import { endOption, scaleOption } from "./sample-options.ts";
import { runVerbsLike } from "./verb-runner.ts";

interface Options {
  readonly port?: string;
  readonly sample: boolean;
  readonly scale: number;
  readonly end?: string;
}

/** `vitrine up`: everything on this machine, from servers to GraphiQL, until Ctrl-C. */
export function registerUp(command: Command, context: CommandContext): void {
  command
    .option("--port <number>", "port of GraphiQL, 0 takes a free one (PORT, default 4000)")
    .option("--no-sample", "leave an empty database empty")
    .addOption(scaleOption("size of the sample, 1 as seen in the field", 0.1))
    .addOption(endOption())
    .action(async ({ port, sample, scale, end }: Options) => {
      context.outliveOutput();
      const { logger, progress, signal } = context;
      const config = context.config(port === undefined ? {} : { PORT: port });
      const app = await openApp(config, { logger, progress, signal, restart: true });
      const answers = await answerStatus(app);
      try {
        const { admin, project } = app;
        const step = progress.start("Applying SQL files");
        const steps = await runMigration(context, app, { name: "up", dryRun: false }, () =>
          migrateUp({ ...project, admin, onWait: (text) => logger.warn(text) }),
        );
        step.end(steps.length === 0 ? "current" : `${steps.length} steps`);
        // Before the long work: a port that is taken is told at once. Loaded here: other commands need no GraphQL.
        const { openGateway } = await import("../app/open-gateway.ts");
        const server = await openGateway(app);
        progress.start("Serving GraphQL").end(server.url);
        try {
          if (sample) await loadSample(app, { scale, end, progress, signal });
          const onComplete = () => reportStatus(context, app);
          await Promise.all([
            runLoader(app, { progress, signal, registry: server.registry, onComplete }),
            keepSchedules(app, runVerbsLike(context), signal),
          ]);
        } finally {
          await server.close();
        }
      } finally {
        answers.close();
        await app.close();
      }
    });
}
