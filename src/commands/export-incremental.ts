import { VitrineError } from "../errors.ts";
import { openDestination } from "../exports/destinations/open-destination.ts";
import { exportChanges, type ModelChanges } from "../exports/incremental/export-changes.ts";
import { type ProgressStep, withoutResults } from "../progress.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { withApp } from "./with-app.ts";
import { withRun } from "./with-run.ts";

/** `vitrine export [MODEL…] --incremental --to DEST`: what has changed since the last run, as one new file per model. */
export function exportIncrementally(
  context: CommandContext,
  names: readonly string[],
  to: string,
): Promise<void> {
  return withApp(context, async (app) => {
    const models = chooseModels(app.project, names);
    const destination = await openDestination(to, app.config.s3);
    const steps = new Map<string, ProgressStep>();
    return withRun(context, app, { kind: "export", name: destination.name }, async (run) => {
      const done = await exportChanges({
        db: app.loader,
        mongo: app.mongo,
        destination,
        models,
        signal: context.signal,
        onProgress: ({ name }, rows) => {
          const step = steps.get(name) ?? withoutResults(context.progress).start(`Exporting ${name}`);
          steps.set(name, step);
          step.update(rows);
        },
      });
      for (const step of steps.values()) step.end();
      run.rows(done.reduce((sum, { manifest }) => sum + (manifest?.rows ?? 0), 0));
      for (const one of done) context.print(describe(one));
      context.printJson(
        done.map(({ problem, ...rest }) => ({ ...rest, ...(problem ? { problem: problem.message } : {}) })),
      );
      requireWhole(done);
    });
  });
}

function describe({ model, manifest, lagMs, problem }: ModelChanges): string {
  const late =
    lagMs > 0 ? `; the mirror is ${(lagMs / 1000).toFixed(1)} s behind, the next run writes the rest` : "";
  if (problem) return `${model}: not written`;
  if (!manifest) return `${model}: nothing has changed${late}`;
  const { rows, deletions, bytes, file } = manifest;
  const gone = deletions === 0 ? "" : `, ${deletions.toLocaleString("en")} of them deletions`;
  return `${model}: ${rows.toLocaleString("en")} rows${gone}, ${bytes.toLocaleString("en")} bytes, ${file}${late}`;
}

/** @throws VitrineError MIRROR_UNAVAILABLE when a model could not be read; EXPORT_INCOMPLETE when documents are missing */
function requireWhole(done: readonly ModelChanges[]): void {
  const problems = done.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0)
    throw new VitrineError(
      "MIRROR_UNAVAILABLE",
      `${problems.map(({ message }) => message).join("\n  ")}\n  All other models are written.`,
    );
  const incomplete = done.filter(({ leftOut }) => leftOut > 0);
  if (incomplete.length > 0)
    throw new VitrineError(
      "EXPORT_INCOMPLETE",
      `Documents that could not be mirrored are left out: ${incomplete.map(({ model, leftOut }) => `${leftOut} of ${model}`).join(", ")}. See \`vitrine rejected list\`; the run after they are mended writes them.`,
    );
}
