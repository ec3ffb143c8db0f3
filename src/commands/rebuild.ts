import type { Command } from "commander";
import type { App } from "../app/open-app.ts";
import type { RunNotes } from "../core/runs.ts";
import { createLoader } from "../mirror/loader.ts";
import { withoutResults } from "../progress.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { withApp } from "./with-app.ts";
import { nameModels, withRun } from "./with-run.ts";

/** `vitrine rebuild [MODEL…]`: load every document again. */
export function registerRebuild(command: Command, context: CommandContext): void {
  command.action((names: readonly string[]) =>
    withApp(context, (app) =>
      withRun(context, app, { kind: "rebuild", name: nameModels(names) }, (run) =>
        rebuildModels(context, app, names, run),
      ),
    ),
  );
}

async function rebuildModels(
  context: CommandContext,
  { project, loader: db, live, mongo, logger }: App,
  names: readonly string[],
  run: RunNotes,
): Promise<void> {
  const chosen = chooseModels(project, names);
  let total = 0;
  for (const model of chosen) total += await live.count(model, null);
  const step = withoutResults(context.progress).start("Rebuilding", total);
  let done = 0;
  const started = Date.now();
  const loader = createLoader({
    db,
    mongo,
    models: chooseModels(project, []),
    logger,
    onEvent(event) {
      if (event.type !== "applied" || event.kind !== "rebuild") return;
      done += event.written + event.skipped;
      step.update(done);
    },
  });
  await loader.rebuild(chosen, context.signal);
  const seconds = (Date.now() - started) / 1000;
  const models = chosen.map((model) => model.name);
  step.end();
  context.print(`${done.toLocaleString("en")} documents of ${models.join(", ")} in ${seconds.toFixed(1)} s.`);
  context.printJson({ models, documents: done, seconds });
  run.rows(done);
}
