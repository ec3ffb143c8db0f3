import { resolve } from "node:path";
import type { Command } from "commander";
import { exportFrom } from "../exports/export-from.ts";
import { readDateTime } from "../graphql/values.ts";
import { type ProgressStep, withoutResults } from "../progress.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { exportIncrementally } from "./export-incremental.ts";
import { addExportOptions, type ExportOptions, readChangesTo, readEncoding } from "./export-options.ts";
import { registerExportVerify } from "./export-verify.ts";
import { readWhere } from "./read-where.ts";
import { reportExport } from "./report-export.ts";
import { withApp } from "./with-app.ts";
import { withRun } from "./with-run.ts";

/** `vitrine export [MODEL…]`: one file per model and a manifest; `--incremental`: what has changed. `export verify`. */
export function registerExport(command: Command, context: CommandContext): void {
  registerExportVerify(command, context);
  addExportOptions(command).action((names: readonly string[], options: ExportOptions) => {
    const to = readChangesTo(command, options);
    if (to !== undefined) return exportIncrementally(context, names, to);
    const encoding = readEncoding(options);
    return withApp(context, (app) => {
      const { project, mirror } = app;
      const models = chooseModels(project, names);
      const where = options.where === undefined ? null : readWhere(project, models, options.where);
      const asOf = options.asOf === undefined ? undefined : readDateTime(options.asOf);
      const steps = new Map<string, ProgressStep>();
      // The destination is what a schedule or an alert asks about.
      const subject = { kind: "export", name: resolve(options.out) } as const;
      return withRun(context, app, subject, async (run) => {
        const replica = options.source === "live" ? await app.replicas?.take(asOf) : null;
        const { reader, live } = replica ?? app;
        const manifest = await exportFrom({ mirror, reader, live }, options.source, asOf, {
          ...encoding,
          ddl: options.ddl,
          out: options.out,
          gzip: options.gzip,
          models: models.map((model) => ({ model, where })),
          signal: context.signal,
          onProgress: ({ name }, rows) => {
            const step = steps.get(name) ?? withoutResults(context.progress).start(`Exporting ${name}`);
            steps.set(name, step);
            step.update(rows);
          },
        });
        for (const step of steps.values()) step.end();
        run.rows(manifest.files.reduce((sum, { rows }) => sum + rows, 0));
        reportExport(context, manifest, options.out);
      });
    });
  });
}
