import type { Registry } from "prom-client";
import { readSourceStatus, type SourceStatus } from "../core/source-status.ts";
import { pause } from "../mirror/wake-up.ts";
import type { Progress } from "../progress.ts";
import { requireShards } from "../stores/mongodb/shard-collection.ts";
import { type FollowOptions, runInTurns, toLoaderOptions } from "./follow-source.ts";
import type { App } from "./open-app.ts";

/** How often to look whether another loader has finished the first rebuild. */
const LOOK_MS = 500;

export interface RunLoaderOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Where it is counted what the loader does. */
  readonly registry: Registry;
  /** Called once, when the mirror of every model is complete. */
  readonly onComplete: () => Promise<void>;
}

/** Whether the mirror of a model is whole, in the shape of this release. */
const isThere = (status: SourceStatus | undefined): boolean => status?.rebuild === "done" && status.sameShape;

/** Runs the loader until the signal is aborted; shows the first rebuild. @throws VitrineError CONFIG_INVALID for shards that are not there */
export async function runLoader(app: App, options: RunLoaderOptions): Promise<void> {
  const { progress, signal, registry, onComplete } = options;
  const { project, reader, live, mongo, stack } = app;
  const models = project.domains.flatMap((domain) => domain.models);
  await requireShards(mongo);
  const status = await readSourceStatus(reader, models);
  const missing = models.filter((model) => !isThere(status.models.get(model.name)));
  const total = async () => {
    const counts = await Promise.all(missing.map((model) => live.count(model, null, { signal })));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const step = missing.length > 0 ? progress.start("Mirroring", await total()) : undefined;
  const waiting = new Set(missing.map((model) => model.name));
  let written = 0;
  let completed: Promise<void> | undefined;
  const complete = () => {
    step?.end(`${written.toLocaleString("en")} documents`);
    completed ??= onComplete();
  };

  const arrive = (model: string) => {
    if (waiting.delete(model) && waiting.size === 0) complete();
  };

  const loader: FollowOptions = {
    ...toLoaderOptions(app, undefined),
    // This process also applies the SQL of its models: it is the newest there is.
    adoptShapes: true,
    onEvent: (event) => {
      if (event.type === "applied" && event.kind === "rebuild") {
        written += event.written;
        step?.update(written);
      }
      if (event.type === "rebuilt") arrive(event.model);
    },
  };
  // While another loader has its turn, its rebuilds are seen in the database only.
  const watch = async () => {
    while (waiting.size > 0 && !signal.aborted) {
      await pause(LOOK_MS, signal);
      const report = await readSourceStatus(reader, missing).catch(() => undefined);
      for (const one of report?.models.values() ?? []) if (isThere(one)) arrive(one.model);
    }
  };
  stack.announce({ mirrors: true });
  const running = runInTurns(app, loader, { registry, signal });
  if (waiting.size === 0) complete();
  await Promise.all([running, watch()]);
  step?.end("stopped");
  await completed;
}
